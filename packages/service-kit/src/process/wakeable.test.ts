import { expect, test } from 'vitest'
import { wakeable } from './wakeable.ts'

const tookMs = async (sleep: () => Promise<void>) => {
  const startedMs = performance.now()
  await sleep()
  return performance.now() - startedMs
}

test('a sleep ends after its time', async () => {
  expect(await tookMs(() => wakeable().within(20))).toBeGreaterThan(15)
})

test('a sleeper that is woken sleeps no longer', async () => {
  const wake = wakeable()
  const sleep = tookMs(() => wake.within(60_000))
  wake.now()
  expect(await sleep).toBeLessThan(1_000)
})

test('waking when nobody sleeps ends the next sleep, and only that one', async () => {
  const wake = wakeable()
  wake.now()
  wake.now()
  expect(await tookMs(() => wake.within(60_000))).toBeLessThan(1_000)
  expect(await tookMs(() => wake.within(20))).toBeGreaterThan(15)
})
