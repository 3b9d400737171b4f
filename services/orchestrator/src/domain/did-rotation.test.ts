import { expect, test } from 'vitest'
import { assignDid } from './did-rotation.ts'

test('contacts are spread evenly over the pool', () => {
  const pool = ['a', 'b', 'c']
  const given = new Map<string, number>()
  let cursor = 0
  for (let contact = 0; contact < 100; contact++) {
    const assignment = assignDid(null, pool, cursor)
    cursor = assignment.cursor
    given.set(assignment.number, (given.get(assignment.number) ?? 0) + 1)
  }
  expect([...given.values()].sort()).toEqual([33, 33, 34])
})

test('a contact keeps its DID while it is active, and the rotation does not move', () => {
  expect(assignDid('b', ['a', 'b', 'c'], 5)).toEqual({ number: 'b', cursor: 5 })
})

test('a contact whose DID has left the pool gets the next one', () => {
  expect(assignDid('b', ['a', 'c'], 5)).toEqual({ number: 'c', cursor: 6 })
})

test('an empty pool is an error', () => {
  expect(() => assignDid(null, [], 0)).toThrow(RangeError)
})
