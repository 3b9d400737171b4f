import { expect, test } from 'vitest'
import { outboxMemory } from './outbox-memory.ts'

const row = (id: number, length: number) => ({ id, stream: 'CALLS', messages: 'x'.repeat(length) })

test('a row is held until it is forgotten', () => {
  const memory = outboxMemory()
  memory.keep([row(1, 3), row(2, 4)])
  expect([memory.get(1), memory.get(2), memory.get(3)]).toEqual(['xxx', 'xxxx', undefined])
  memory.forget([1, 3])
  expect([memory.get(1), memory.get(2)]).toEqual([undefined, 'xxxx'])
})

test('what does not fit is not held; what is forgotten makes room', () => {
  const memory = outboxMemory(10)
  memory.keep([row(1, 6), row(2, 5)])
  expect([memory.get(1), memory.get(2)]).toEqual(['xxxxxx', undefined])
  memory.forget([1, 2])
  memory.keep([row(2, 5), row(3, 5), row(4, 1)])
  expect([memory.get(2), memory.get(3), memory.get(4)]).toEqual(['xxxxx', 'xxxxx', undefined])
})

test('a memory that was cleared holds nothing and has all its room', () => {
  const memory = outboxMemory(10)
  memory.keep([row(1, 10)])
  memory.clear()
  expect(memory.get(1)).toBeUndefined()
  memory.keep([row(2, 10)])
  expect(memory.get(2)).toHaveLength(10)
})
