import { emptyDatabase } from '@carillon/testing/database'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { connectDatabase } from '../src/postgres/connect-database.ts'
import type { Database } from '../src/postgres/database.ts'
import { migrate } from '../src/postgres/migrations.ts'
import { type ClockAnchor, type DatabaseClock, databaseClock, productionAnchor } from '../src/process/clock.ts'
import { createWatchdog } from '../src/process/watchdog.ts'

const logger = pino({ level: 'silent' })
const noMigrations = new URL('./support/migrations/', import.meta.url).pathname
let server: Awaited<ReturnType<typeof emptyDatabase>>
const open: { clock: DatabaseClock; database: Database }[] = []

beforeAll(async () => {
  server = await emptyDatabase()
  const database = connectDatabase({ url: server.urls.billing, name: 'test', connections: 2, anchor: productionAnchor })
  await migrate(database.dedicated(), noMigrations)
  await database.close()
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const { clock, database } of open.splice(0)) {
    await clock.stop()
    await database.close()
  }
})
afterAll(() => server.drop())

async function clockOf(anchor: ClockAnchor) {
  const database = connectDatabase({ url: server.urls.billing, name: 'test', connections: 2, anchor })
  const clock = await databaseClock(database.sql, anchor, { logger, watchdog: createWatchdog(new Registry()) })
  open.push({ clock, database })
  return { clock, database }
}

async function sqlNowMs(database: Database): Promise<number> {
  const [row] = await database.sql<[{ ms: number }]>`select extract(epoch from clock_now())::float8 * 1000 as ms`
  return row.ms
}

test.each([1, 60])('at speed %i, a process and clock_now() in SQL tell the same time', async (speed) => {
  const anchor = speed === 1 ? productionAnchor : { speed, realMs: Date.now() - 60_000, virtualMs: Date.UTC(2030, 0, 1) }
  const { clock, database } = await clockOf(anchor)
  const beforeMs = clock.now()
  const sqlMs = await sqlNowMs(database)
  const afterMs = clock.now()
  const toleranceMs = 100 * speed
  expect(sqlMs).toBeGreaterThan(beforeMs - toleranceMs)
  expect(sqlMs).toBeLessThan(afterMs + toleranceMs)
  expect(clock.speed).toBe(speed)
})

test.each([-86_400_000, 3_600_000])("a host's clock that is wrong from the start, by %i ms, does not matter", async (errorMs) => {
  const realNow = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + errorMs)
  const { clock } = await clockOf(productionAnchor)
  expect(Math.abs(clock.now() - realNow())).toBeLessThan(5_000)
})

test.each([-3_600_000, 3_600_000])(
  "a host's clock that is set while the process runs, by %i ms, does not matter, and time never goes back",
  async (stepMs) => {
    const { clock } = await clockOf(productionAnchor)
    const realNow = Date.now
    const beforeMs = clock.now()
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + stepMs)
    for (const untilMs = performance.now() + 2_500; performance.now() < untilMs; ) {
      const nowMs = clock.now()
      expect(nowMs).toBeGreaterThanOrEqual(beforeMs)
      expect(Math.abs(nowMs - realNow())).toBeLessThan(1_000)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    vi.restoreAllMocks()
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000)
  },
)

test('real time goes at its own speed, whatever the speed of platform time is', async () => {
  const { clock } = await clockOf({ speed: 1_000, realMs: Date.now(), virtualMs: Date.UTC(2030, 0, 1) })
  expect(Math.abs(clock.realNow() - Date.now())).toBeLessThan(1_000)
})
