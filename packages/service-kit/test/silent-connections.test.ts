import { setTimeout as delay } from 'node:timers/promises'
import { emptyDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { type TcpProxy, tcpProxy } from '@carillon/testing/tcp-proxy'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase } from '../src/postgres/connect-database.ts'
import type { Database } from '../src/postgres/database.ts'
import { migrate } from '../src/postgres/migrations.ts'
import { productionAnchor } from '../src/process/clock.ts'
import { leaseHolder, leaseItems } from './support/leases.ts'

/*
 * A silent connection is open and never answers again: its host was lost, or the path to it. Each test makes all connections of a moment silent.
 */
let server: Awaited<ReturnType<typeof emptyDatabase>>
let proxy: TcpProxy
let database: Database
/** Past the proxy. */
let direct: postgres.Sql
const statementLimitMs = 1_500
beforeAll(async () => {
  server = await emptyDatabase()
  proxy = await tcpProxy(server.urls.billing)
  database = connectDatabase({ url: proxy.url, name: 'silent', connections: 4, anchor: productionAnchor, statementLimitMs })
  direct = postgres(server.urls.billing, { max: 1 })
  const migrating = database.dedicated()
  await migrate(migrating, new URL('./support/migrations/', import.meta.url).pathname)
  await migrating.end()
})
afterAll(async () => {
  await database.close()
  await direct.end()
  await proxy.close()
  await server.drop()
})

const silence = () => proxy.silence(1, Math.random)

test('a statement on a silent connection fails in time, and the next one has a new connection', async () => {
  await database.sql`select 1`
  silence()
  const startedMs = performance.now()
  await expect(database.sql`select 1`).rejects.toMatchObject({ code: 'CONNECTION_SILENT' })
  expect(performance.now() - startedMs).toBeLessThan(statementLimitMs * 2)
  await database.sql`select 1`
})

test('a transaction whose connection falls silent is rejected in time, also while it waits for something else', async () => {
  const never = new Promise<never>(() => undefined)
  const waiting = database.transaction(async (tx) => {
    await tx.sql`select 1`
    silence()
    return never
  })
  await expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_IDLE' })
  const asking = database.transaction(async (tx) => {
    await tx.sql`select 1`
    silence()
    await tx.sql`select 2`
  })
  await expect(asking).rejects.toMatchObject({ code: 'CONNECTION_SILENT' })
  await database.transaction((tx) => tx.sql`select 1`)
})

test('a statement that comes after the end of its transaction is refused', async () => {
  let late: (() => Promise<unknown>) | undefined
  await database.transaction(async (tx) => {
    late = async () => await tx.sql`select 1`
  })
  await expect(late?.()).rejects.toThrow('after the end of its transaction')
})

test('a transaction with a statement that failed is not committed, even if the failure was caught', async () => {
  const work = database.transaction(async (tx) => {
    await tx.sql`select 1 / 0`.catch(() => undefined)
  })
  await expect(work).rejects.toThrow('division by zero')
})

test('a heartbeat on a silent connection gets its answer from a fresh one, within its limit', async () => {
  await database.promptly(1_000, (sql) => sql`select 1`)
  silence()
  const startedMs = performance.now()
  await database.promptly(2_000, (sql) => sql`select 1`)
  expect(performance.now() - startedMs).toBeLessThan(2_000)
})

test('a replica whose connections fall silent keeps its leases', async () => {
  const holder = leaseHolder(database, 'a', 'group', 8_000)
  await eventually(() => expect(holder.held()).toEqual(leaseItems))
  for (let look = 0; look < 12; look++) {
    if (look % 6 === 0) silence()
    await delay(1_000)
    const [row] = await direct`select count(*)::int as valid from leases where expires_at > clock_timestamp()`
    expect(row?.valid).toBe(leaseItems.length)
  }
  expect(holder.lost).toEqual([])
  await holder.stop()
})
