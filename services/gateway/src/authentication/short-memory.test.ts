import { expect, test } from 'vitest'
import { shortMemory } from './short-memory.ts'

const startMs = 1_000
const ttlMs = 100

function memory(maxEntries = 10) {
  const time = { nowMs: startMs }
  const loads: string[] = []
  const remembered = shortMemory<string>({ ttlMs, maxEntries, now: () => time.nowMs })
  const get = (key: string) =>
    remembered.get(key, async () => {
      loads.push(key)
      return `value of ${key}`
    })
  return { time, loads, remembered, get }
}

test('a value is looked up again only after its time to live', async () => {
  const { time, loads, get } = memory()
  expect(await get('a')).toBe('value of a')
  time.nowMs = startMs + ttlMs - 1
  expect(await get('a')).toBe('value of a')
  expect(loads).toEqual(['a'])
  time.nowMs = startMs + ttlMs + 1
  await get('a')
  expect(loads).toEqual(['a', 'a'])
})

test('a lookup that finds nothing is not remembered', async () => {
  const { remembered } = memory()
  expect(await remembered.get('a', async () => undefined)).toBeUndefined()
  expect(await remembered.get('a', async () => 'now there')).toBe('now there')
})

test('the oldest entry makes room when the memory is full', async () => {
  const { loads, get } = memory(2)
  for (const key of ['a', 'b', 'c']) await get(key)
  for (const key of ['b', 'c']) await get(key)
  expect(loads).toEqual(['a', 'b', 'c'])
  await get('a')
  expect(loads).toEqual(['a', 'b', 'c', 'a'])
})

test('one value is forgotten, and the others stay', async () => {
  const { loads, remembered, get } = memory()
  for (const key of ['a', 'b']) await get(key)
  remembered.forget('a')
  for (const key of ['a', 'b']) await get(key)
  expect(loads).toEqual(['a', 'b', 'a'])
})

test('a value whose lookup began before it was forgotten is not remembered', async () => {
  const { loads, remembered, get } = memory()
  const value = await remembered.get('a', async () => {
    remembered.forget('a')
    return 'read before the change'
  })
  await get('a')
  expect([value, loads]).toEqual(['read before the change', ['a']])
})
