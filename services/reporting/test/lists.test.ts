import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { sliceOf } from '@carillon/service-kit/postgres/list-order'
import { listPages } from '@carillon/testing/list-pages'
import { explained } from '@carillon/testing/query-plan'
import { openTestService, type TestService, testOrganizationId } from '@carillon/testing/test-service'
import { sql as sqlText } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { callOrders, listCalls } from '../src/read-models/calls-v1/call-list.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import { eventsOf, launched, newId, plannedCall, t0 } from './support/events.ts'

let service: TestService
let app: HttpApp
beforeAll(async () => {
  service = await openTestService('reporting')
  app = await buildApp(service.deps)
})
afterAll(async () => {
  await app.close()
  await service.close()
})

test('the calls come page by page, oldest first, while others start', async () => {
  const executionId = newId()
  const start = (offsetMs: number) => {
    const call = plannedCall({ callId: uuidv7(t0 + offsetMs), executionId, startedAtMs: t0 + offsetMs })
    return service.deps.database.transaction((tx) => applied(tx, callsProjection, eventsOf(call))).then(() => call.callId)
  }
  await service.deps.database.transaction((tx) => applied(tx, executionsProjection, [launched(executionId, {})]))
  const callIds: string[] = []
  for (let call = 0; call < 7; call++) callIds.push(await start(call))
  const headers = await service.as('supervisor')
  const found = await listPages<{ callId: string }>(
    (url) => app.inject({ url, headers }),
    `/program-execution/${executionId}/report/calls?limit=3`,
    async (page) => void callIds.push(await start(100 + page)),
  )
  expect(found.flatMap(({ items }) => items.map(({ callId }) => callId))).toEqual(callIds)
  expect(found.map(({ meta }) => [meta?.page, meta?.total])).toEqual([
    [1, 7],
    [2, 8],
    [3, 9],
  ])
})

test('a page in the middle of a long history reads no other calls, over all partitions', async () => {
  const executionId = newId()
  const limit = 100
  const { sql } = service.database
  // A call each minute: the history lies in two months.
  await sql`
    insert into calls (call_id, organization_id, execution_id, attempt, from_number, to_number, direction, started_at)
    select (lpad(to_hex(${t0}::bigint + n::bigint * 60000), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid,
           ${testOrganizationId}, ${executionId}, 1, '+212500000000', '+212600000000', 'outbound', now()
    from generate_series(1, 40000) n`
  await sql`analyze calls`
  const after = [uuidv7(t0 + 20_000 * 60_000)]
  const selection = { executionId, position: Number.MAX_SAFE_INTEGER, filter: {}, costOf: () => sqlText`null` }
  for (const { rowsRead, plan } of await explained(service.deps.database, (orm) =>
    listCalls(orm, selection, 'startedAt', sliceOf(callOrders.startedAt, { after, limit })),
  )) {
    // A partition that the page does not reach is asked for its first row.
    expect(rowsRead, JSON.stringify(plan)).toBeLessThanOrEqual(limit + 5)
  }
})
