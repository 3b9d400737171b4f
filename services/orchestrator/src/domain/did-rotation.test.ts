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

test('a contact keeps its DID while that is active, and the rotation does not move', () => {
  expect(assignDid('b', ['a', 'b', 'c'], 5)).toEqual({ number: 'b', cursor: 5 })
})

test('a contact whose DID is gone gets the next of the pool', () => {
  expect(assignDid('b', ['a', 'c'], 5)).toEqual({ number: 'c', cursor: 6 })
})

test('an empty pool has none to give', () => {
  expect(() => assignDid(null, [], 0)).toThrow(RangeError)
})
