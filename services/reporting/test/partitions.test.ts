import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { preparePartitions } from '../src/read-models/partitions.ts'
import { readModels } from '../src/read-models/registry.ts'
import { applied } from './support/applied.ts'
import { eventsOf, plannedCall } from './support/events.ts'

let service: TestService
beforeAll(async () => {
  service = await openTestService('reporting')
})
afterAll(() => service.close())

const november = Date.parse('2025-11-30T23:59:59.999Z')

test('this month and the next two have partitions, across the end of a year too, however often they are prepared', async () => {
  const { database } = service.deps
  await Promise.all([preparePartitions(database, readModels, november), preparePartitions(database, readModels, november)])
  await preparePartitions(database, readModels, Date.parse('2025-12-01T00:00:00.000Z'))
  const rows = await database.sql<{ name: string }[]>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'calls'::regclass order by 1`
  expect(rows.map((row) => row.name)).toEqual(['calls_202511', 'calls_202512', 'calls_202601', 'calls_202602', 'calls_default'])
})

test('a call is stored in the partition of the month of its id, or in the default partition if there is none', async () => {
  const { database } = service.deps
  const moments = [november, november + 1, Date.parse('2031-01-01T00:00:00Z')]
  const calls = moments.map((time) => plannedCall({ callId: uuidv7(time), startedAtMs: time }))
  await database.transaction((tx) => applied(tx, callsProjection, calls.flatMap(eventsOf)))
  const rows = await database.sql<{ name: string }[]>`select tableoid::regclass::text as name from calls order by call_id`
  expect(rows.map((row) => row.name)).toEqual(['calls_202511', 'calls_202512', 'calls_default'])
})

test('a call is looked up in the one partition that can hold it, by key', async () => {
  const { database } = service.deps
  const plan = await database.sql<{ 'QUERY PLAN': string }[]>`
    explain (analyze, costs off, timing off, summary off)
    select (select last_seq from call_events where call_id = wanted.id order by last_seq desc limit 1)
    from unnest(array[${uuidv7(november)}]::uuid[]) as wanted (id)`
  const scans = plan.map((row) => row['QUERY PLAN']).filter((line) => line.includes(' on call_events_'))
  expect(scans.filter((line) => !line.includes('never executed'))).toHaveLength(1)
  expect(scans.join()).not.toContain('Seq Scan')
})
