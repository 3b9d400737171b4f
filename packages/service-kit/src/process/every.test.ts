import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@carillon/testing/eventually'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test, vi } from 'vitest'
import { every, type RegularWork, type RunningWork } from './every.ts'
import { createWatchdog } from './watchdog.ts'

const lines: { msg: string; work: string; err: { message: string } }[] = []
const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
const watchdog = createWatchdog(new Registry())
const running: RunningWork[] = []
const start = (work: RegularWork) => {
  const started = every(work, { logger, watchdog })
  running.push(started)
  return started
}

afterEach(async () => {
  for (const work of running.splice(0)) await work.stop()
  lines.length = 0
})

test('work runs again and again, the first time after an interval', async () => {
  const work = vi.fn(async () => {})
  start({ name: 'w', intervalMs: 20, work })
  expect(work).not.toHaveBeenCalled()
  await eventually(() => expect(work.mock.calls.length).toBeGreaterThan(2))
})

test('work that starts now has run before the first interval has passed', async () => {
  const work = vi.fn(async () => {})
  await start({ name: 'w', intervalMs: 3_600_000, work, startsNow: true }).firstRun
  expect(work).toHaveBeenCalledOnce()
})

test('a run that takes longer than the interval is not overlapped', async () => {
  let atOnce = 0
  const seen: number[] = []
  start({
    name: 'w',
    intervalMs: 1,
    startsNow: true,
    async work() {
      atOnce++
      seen.push(atOnce)
      await delay(10)
      atOnce--
    },
  })
  await eventually(() => expect(seen.length).toBeGreaterThan(3))
  expect(new Set(seen)).toEqual(new Set([1]))
})

test('a run that fails is logged with its name, and the next one follows', async () => {
  const work = vi.fn().mockRejectedValueOnce(new Error('no database')).mockResolvedValue(undefined)
  const { firstRun } = start({ name: 'old keys', intervalMs: 1, work, startsNow: true })
  await expect(firstRun).resolves.toBeUndefined()
  await eventually(() => expect(work.mock.calls.length).toBeGreaterThan(1))
  expect(lines).toMatchObject([{ msg: 'regular work failed', work: 'old keys', err: { message: 'no database' } }])
})

test('stopping waits for the run under way and starts no other', async () => {
  let ended = 0
  const work = async () => {
    await delay(30)
    ended++
  }
  const { stop } = start({ name: 'w', intervalMs: 1, work, startsNow: true })
  await stop()
  expect(ended).toBe(1)
  await delay(20)
  expect(ended).toBe(1)
})

test('work that is stopped before its first run never runs', async () => {
  const work = vi.fn(async () => {})
  const { stop, firstRun } = start({ name: 'w', intervalMs: 3_600_000, work })
  await stop()
  await firstRun
  expect(work).not.toHaveBeenCalled()
})

test('a run that does not end is overdue, and work that has stopped is not', async () => {
  let end = () => {}
  const work = () =>
    new Promise<void>((resolve) => {
      end = resolve
    })
  const { stop } = start({ name: 'stuck', intervalMs: 1, runLimitMs: 20, work, startsNow: true })
  await eventually(() => expect(watchdog.overdue()).toEqual(['stuck']))
  end()
  await stop()
  expect(watchdog.overdue()).toEqual([])
})
