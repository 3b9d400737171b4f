import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@carillon/testing/eventually'
import { type PostgresServer, postgresServer } from '@carillon/testing/postgres-server'
import { type TcpProxy, tcpProxy } from '@carillon/testing/tcp-proxy'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase } from '../src/postgres/connect-database.ts'
import type { Database } from '../src/postgres/database.ts'
import { productionAnchor } from '../src/process/clock.ts'

/** Longer when somebody wants to know: `STRESS_SECONDS=3600 npm test -- packages/service-kit/test/connection-stress`. */
const stressMs = Number(process.env.STRESS_SECONDS ?? 12) * 1000
const statementLimitMs = 2_000
/** The longest work of the test waits for a connection, and for six answers. The rest is for a machine that is busy. */
const settleMs = 45_000
const workers = 24

let server: PostgresServer
let proxy: TcpProxy
let database: Database
let admin: postgres.Sql
let nextNumber = 1
/** The numbers whose statement or transaction was answered as done. */
const written: number[] = []

beforeAll(async () => {
  server = await postgresServer()
  proxy = await tcpProxy(server.urls.billing)
  database = connectDatabase({ url: proxy.url, name: 'stress', connections: 16, anchor: productionAnchor, statementLimitMs })
  admin = postgres(server.superuserUrl, { max: 1, onnotice: () => undefined, connect_timeout: 5 })
  await database.sql`create table numbers (n integer primary key, half integer not null)`
})
afterAll(async () => {
  await database.close()
  await admin.end({ timeout: 1 })
  await proxy.close()
  await server.close()
})

const works: (() => Promise<unknown>)[] = [
  () => database.sql`select count(*) from numbers where n < ${10}`,
  () => database.orm.execute('select 1'),
  async () => {
    const n = nextNumber++
    await database.sql`insert into numbers values (${n}, 1), (${-n}, 2)`
    written.push(n)
  },
  async () => {
    const n = nextNumber++
    await database.transaction(async (tx) => {
      await tx.sql`insert into numbers values (${n}, 1)`
      await Promise.all([tx.sql`select pg_sleep(0.01)`, tx.sql`select ${n}::integer`])
      await tx.sql`insert into numbers values (${-n}, 2)`
    })
    written.push(n)
  },
  () =>
    database.transaction(async (tx) => {
      await tx.sql`insert into numbers values (${nextNumber++}, 1)`
      throw new Error('not this one')
    }),
  // Refused by the server, and by the driver while another statement runs.
  () => database.transaction((tx) => tx.sql`insert into numbers values (0, 1), (0, 2)`),
  () => database.transaction((tx) => Promise.all([tx.sql`select pg_sleep(0.01)`, tx.sql`select ${undefined as unknown as number}`])),
  () => database.snapshot((tx) => tx.sql`select max(n) from numbers`),
  () => database.promptly(600, (sql) => sql`select 1`),
]

/** Whether the promise settles in time, and how. */
async function settles(work: () => Promise<unknown>): Promise<'done' | 'failed' | 'stuck'> {
  const outcome = work().then(
    () => 'done' as const,
    () => 'failed' as const,
  )
  const end = new AbortController()
  const first = await Promise.race([outcome, delay(settleMs, 'stuck' as const, { signal: end.signal })])
  end.abort()
  return first
}

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T
}

const disturbances: (() => Promise<unknown>)[] = [
  () => admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stress' and random() < 0.5`,
  () => admin`select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'stress' and random() < 0.5`,
  async () => proxy.cut(),
  async () => proxy.silence(0.5, Math.random),
  async () => {
    proxy.stall()
    await delay(Math.random() * 2_000)
    proxy.resume()
  },
]

async function restart() {
  if (Math.random() < 0.5) await server.kill()
  await server.restart()
}

test(
  'whatever happens to connections and to the server, every promise settles in time, and then all connections work',
  async () => {
    const endMs = performance.now() + stressMs
    const outcomes = { done: 0, failed: 0, stuck: 0 }
    const working = Array.from({ length: workers }, async () => {
      while (performance.now() < endMs) {
        const outcome = await settles(pick(works))
        outcomes[outcome]++
        if (outcome === 'failed') await delay(5)
      }
    })
    let nextRestartMs = performance.now() + 5_000
    while (performance.now() < endMs) {
      await delay(200 + Math.random() * 1_000)
      if (performance.now() > nextRestartMs) {
        await restart()
        nextRestartMs = performance.now() + 20_000
      } else {
        await pick(disturbances)().catch(() => undefined)
      }
    }
    proxy.resume()
    await Promise.all(working)
    expect(outcomes.stuck).toBe(0)
    expect(outcomes.done).toBeGreaterThan(0)
    expect(outcomes.failed).toBeGreaterThan(0)

    // A connection that fell silent is known by its next use alone: within one deadline.
    await eventually(async () => {
      const sums = await Promise.all(Array.from({ length: 40 }, (_, n) => database.transaction((tx) => tx.sql`select ${n}::integer as n`)))
      expect(sums.map(([row]) => row?.n)).toEqual(Array.from({ length: 40 }, (_, n) => n))
      await Promise.all(Array.from({ length: 40 }, (_, n) => database.sql`select ${n}::integer as n`))
    })
    const rows = await eventually(() => admin<{ n: number }[]>`select n from billing.numbers`)
    const stored = new Set(rows.map(({ n }) => n))
    expect(written.filter((n) => !stored.has(n) || !stored.has(-n))).toEqual([])
    expect([...stored].filter((n) => !stored.has(-n))).toEqual([])
  },
  stressMs + 120_000,
)
