import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'

test('what holds at once is returned at once', async () => {
  expect(await eventually(() => 42)).toBe(42)
})

test('a check that comes true later is tried until it does', async () => {
  let calls = 0
  const answer = await eventually(async () => {
    calls++
    if (calls < 3) throw new Error('not yet')
    return 'now'
  })
  expect([answer, calls]).toEqual(['now', 3])
})

test('a check that never comes true fails with its own last error', async () => {
  await expect(eventually(() => expect(1).toBe(2), { timeoutMs: 60 })).rejects.toThrow('expected 1 to be 2')
})
