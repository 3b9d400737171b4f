import { eventually } from '@carillon/testing/eventually'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { underAdvisoryLock } from '../src/postgres/advisory-lock.ts'
import type { Database } from '../src/postgres/database.ts'
import { openFixture } from './support/fixture.ts'

let fixture: Awaited<ReturnType<typeof openFixture>>
let database: Database
beforeAll(async () => {
  fixture = await openFixture()
  database = (await fixture.replica()).deps.database
})
afterAll(() => fixture.close())

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const lines: { msg: string; lock: string }[] = []
const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })

/** Something that works until it loses the lock, and whether it is at work. */
function worker(name: string) {
  const state = { isWorking: false, runs: 0 }
  const stop = underAdvisoryLock({
    database,
    logger,
    name,
    async work(lost) {
      state.runs++
      state.isWorking = true
      await new Promise<void>((resolve) => lost.addEventListener('abort', () => resolve(), { once: true }))
      state.isWorking = false
    },
  })
  stops.push(stop)
  return { state, stop }
}

test('one of two works at a time, and the other goes on when the first one stops', async () => {
  const workers = [worker('one-at-a-time'), worker('one-at-a-time')]
  const working = () => workers.filter(({ state }) => state.isWorking)
  await eventually(() => expect(working()).toHaveLength(1))
  const [first] = working()
  await first?.stop()
  expect(first?.state.isWorking).toBe(false)
  await eventually(() => expect(working()).toHaveLength(1))
  expect(workers.map(({ state }) => state.runs)).toEqual([1, 1])
})

test('locks of different names do not exclude one another', async () => {
  const [one, other] = [worker('left'), worker('right')]
  await eventually(() => expect([one.state.isWorking, other.state.isWorking]).toEqual([true, true]))
})

test('a worker whose connection is lost is told, and the lock is taken again', async () => {
  const { state } = worker('lost')
  await eventually(() => expect(state.isWorking).toBe(true))
  await database.sql`
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and pid <> pg_backend_pid() and database = (select oid from pg_database where datname = current_database())`
  await eventually(() => expect(state.runs).toBe(2))
  expect(state.isWorking).toBe(true)
})

test('work that fails is logged and starts again', async () => {
  let runs = 0
  const stop = underAdvisoryLock({
    database,
    logger,
    name: 'failing',
    async work() {
      runs++
      if (runs === 1) throw new Error('no')
    },
  })
  stops.push(stop)
  await eventually(() => expect(runs).toBeGreaterThan(1))
  expect(lines.filter(({ lock }) => lock === 'failing')).toHaveLength(1)
})
