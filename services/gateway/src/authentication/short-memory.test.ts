import { expect, test } from 'vitest'
import { shortMemory } from './short-memory.ts'

function memory(maxEntries = 10) {
  const time = { nowMs: 0 }
  const loads: string[] = []
  const remembered = shortMemory<string>({ ttlMs: 100, maxEntries, now: () => time.nowMs })
  const get = (key: string) =>
    remembered.get(key, async () => {
      loads.push(key)
      return `value of ${key}`
    })
  return { time, loads, remembered, get }
}

test('what was found is not looked up again until its time is over', async () => {
  const { time, loads, remembered, get } = memory()
  expect(await get('a')).toBe('value of a')
  time.nowMs = 99
  expect(await get('a')).toBe('value of a')
  expect([loads, remembered.knows('a')]).toEqual([['a'], true])
  time.nowMs = 100
  expect(remembered.knows('a')).toBe(false)
  await get('a')
  expect(loads).toEqual(['a', 'a'])
})

test('that nothing was found is not remembered', async () => {
  const { remembered } = memory()
  expect(await remembered.get('a', async () => undefined)).toBeUndefined()
  expect(await remembered.get('a', async () => 'now there')).toBe('now there')
})

test('the oldest makes room when it is full', async () => {
  const { remembered, get } = memory(2)
  for (const key of ['a', 'b', 'c']) await get(key)
  expect(['a', 'b', 'c'].map((key) => remembered.knows(key))).toEqual([false, true, true])
})

test('what was being looked up while all was forgotten is not remembered', async () => {
  const { remembered } = memory()
  const value = await remembered.get('a', async () => {
    remembered.forgetAll()
    return 'read before the change'
  })
  expect([value, remembered.knows('a')]).toEqual(['read before the change', false])
})
