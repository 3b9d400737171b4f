import { createMetrics } from '@carillon/service-kit/process/metrics'
import { testDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { testNats } from '@carillon/testing/nats'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import { getTableColumns, getTableName } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { callsV1 } from '../src/read-models/calls-v1/read-model.ts'
import { rebuild } from '../src/read-models/rebuild.ts'
import { readModels, serving } from '../src/read-models/registry.ts'
import { callsV2, callsV2Migration } from './support/calls-v2.ts'
import { newId } from './support/events.ts'
import { publish } from './support/publish.ts'
import { randomHistory } from './support/random-history.ts'
import { expectRecomputed, expectRecomputedNow, publishExecution } from './support/replica.ts'

let service: TestService
beforeAll(async () => {
  service = await openTestService('reporting')
})
afterAll(() => service.close())

/** The columns of every table of a schema, partitions left out. */
async function columnsByTable({ sql }: TestService['database']): Promise<Record<string, string[]>> {
  const rows = await sql<{ table: string; columns: string[] }[]>`
    select relname::text as table, array_agg(attname::text order by attname) as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
    group by relname`
  return Object.fromEntries(rows.map(({ table, columns }) => [table, columns]))
}

/** The tables that every service has. */
const tablesOfKit = [
  'checkpoints',
  'dead_letters',
  'idempotency_keys',
  'leases',
  'outbox',
  'replicas',
  'schema_migrations',
  'subject_organizations',
]

test('every table of the database belongs to one read model, and the schema names all of its columns', async () => {
  const stored = Object.entries(await columnsByTable(service.database)).filter(([table]) => !tablesOfKit.includes(table))
  const declared = readModels
    .flatMap(({ tables }) => tables)
    .map((table): [string, string[]] => [
      getTableName(table),
      Object.values(getTableColumns(table))
        .map(({ name }) => name)
        .sort(),
    ])
  const byName = (one: [string, string[]], other: [string, string[]]) => (one[0] < other[0] ? -1 : 1)
  expect(declared.sort(byName)).toEqual(stored.sort(byName))
})

test('a second version of a read model is filled and rebuilt while the first one serves, replaces it, and needs none of its tables', {
  timeout: 60_000,
}, async () => {
  const nats = await testNats()
  const database = await testDatabase('reporting')
  const shared = { nats, database, leaseTtlMs: 500 }
  const executionId = newId()
  const { calls, events } = randomHistory(7, [executionId], 60)

  // The service fills both versions, and the first one serves.
  const old = await openTestService('reporting', shared)
  await database.sql.unsafe(callsV2Migration)
  const first = { ...old, app: await buildApp(old.deps, { readModels: [...readModels, callsV2], serving }) }
  const switched = { ...serving, calls: callsV2.queries }
  const metrics = createMetrics('second')
  const second = { ...old, app: await buildApp({ ...old.deps, metrics }, { readModels: [], serving: switched }) }
  await publish(old.deps, 'CALLS', events.calls)
  await publish(old.deps, 'BILLING', events.ratings)
  await publishExecution(first, executionId)
  await expectRecomputed(first, calls)
  await expectRecomputed(second, calls)

  // The second version is rebuilt. The first one serves on and is not read again.
  await database.sql`update call_events_v2 set seq = seq + 1000, event = '{}'`
  const checkpoints = () => database.sql`select * from checkpoints where projection = 'calls-v1' order by lane`
  const before = [...(await checkpoints())]
  await rebuild(old.deps.database, old.deps.nats, [callsV2])
  await eventually(
    async () => {
      await expectRecomputedNow(first, calls)
      await expectRecomputedNow(second, calls)
    },
    { timeoutMs: 25_000, intervalMs: 50 },
  )
  expect([...(await checkpoints())]).toEqual(before)
  await first.app.close()
  await second.app.close()
  await old.close()

  // The next release knows the second version alone, and has dropped the tables of the first.
  await database.sql`drop table ${database.sql(callsV1.tables.map(getTableName))}`
  const next = await openTestService('reporting', shared)
  const others = readModels.filter((readModel) => readModel !== callsV1)
  const successor = { ...next, app: await buildApp(next.deps, { readModels: [...others, callsV2], serving: switched }) }
  const later = randomHistory(8, [newId()], 20)
  await publish(next.deps, 'CALLS', later.events.calls)
  await publish(next.deps, 'BILLING', later.events.ratings)
  await publishExecution(successor, later.calls[0]?.executionId ?? '')
  await expectRecomputed(successor, [...calls, ...later.calls])
  await successor.app.close()
  await next.close()
  await database.drop()
  await nats.close()
})
