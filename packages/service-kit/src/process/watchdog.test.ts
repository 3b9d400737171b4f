import { setTimeout as delay } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createWatchdog } from './watchdog.ts'

test('work is overdue when nothing was heard of it for its limit, until it gets on', async () => {
  const registry = new Registry()
  const watchdog = createWatchdog(registry)
  const slow = watchdog.watch('slow', 20)
  watchdog.watch('patient', 60_000)
  expect(watchdog.overdue()).toEqual([])
  await delay(40)
  expect(watchdog.overdue()).toEqual(['slow'])
  expect(await registry.metrics()).toMatch(/work_overdue_seconds\{work="slow"\} 0\.0[4-9]/)
  slow.progress()
  expect(watchdog.overdue()).toEqual([])
  expect(await registry.metrics()).not.toContain('work="slow"')
})

test('work that has ended is not overdue', async () => {
  const watchdog = createWatchdog(new Registry())
  watchdog.watch('short', 10).end()
  await delay(30)
  expect(watchdog.overdue()).toEqual([])
})
