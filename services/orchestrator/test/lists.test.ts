import { sliceOf } from '@carillon/service-kit/postgres/list-order'
import { listPages } from '@carillon/testing/list-pages'
import { explained } from '@carillon/testing/query-plan'
import { testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { executionOrder, listActiveExecutions, listProgramExecutions } from '../src/store/executions.ts'
import { openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { type KnownProgram, someProgram } from './support/program.ts'

const active = 100
const limit = 20
const listed = { organizationId: testOrganizationId, isTest: false }
let orchestrator: TestOrchestrator
let known: KnownProgram
let launchedId: string
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  known = orchestrator.api.add(someProgram(1, { startAt: '2099-01-01T00:00:00.000Z' }))
  launchedId = await orchestrator.launch(known)
  // As many executions as years leave behind: nearly all have ended, and many are of one program. The active ones are the oldest.
  await orchestrator.service.database.sql`
    insert into executions
    select (jsonb_populate_record(execution, jsonb_build_object(
      'id', ('018f0000-0000-7000-9100-' || lpad(to_hex(n), 12, '0'))::uuid,
      'program_id', case when n > ${active} and n % 2 = 0 then program_id else gen_random_uuid() end,
      'status', case when n <= ${active} then status else 'completed' end,
      'settled', true))).*
    from executions execution, generate_series(1, 20000) n`
  await orchestrator.service.database.sql`analyze executions`
})
afterAll(() => orchestrator.close())

async function pages(url: string) {
  const headers = await orchestrator.service.as('supervisor')
  return listPages<{ id: string }>((next) => orchestrator.app.inject({ url: next, headers }), url)
}

test('the active executions come page by page, the latest launch first', async () => {
  const found = await pages('/program-executions?limit=30')
  const ids = found.flatMap(({ items }) => items.map(({ id }) => id))
  expect(found.map(({ items }) => items.length)).toEqual([30, 30, 30, 11])
  expect(ids[0]).toBe(launchedId)
  expect(ids).toEqual(ids.toSorted().reverse())
  const { body } = await orchestrator.request({ url: '/program-executions' })
  expect((body as { id: string }[]).map(({ id }) => id)).toEqual(ids)
})

test('the executions of a program come page by page, and behind the last one there is an empty page', async () => {
  const url = `/programs/${known.program.id}/executions`
  const found = await pages(`${url}?limit=1000`)
  expect(found.map(({ items }) => items.length)).toEqual([...Array(9).fill(1000), 951])
  const cursor = new URL(found.at(-2)?.next ?? '', 'http://list').searchParams.get('cursor') ?? ''
  const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
  const end = Buffer.from(JSON.stringify([...parts.slice(0, 3), '00000000-0000-7000-8000-000000000000'])).toString('base64url')
  // A program that was launched is known, even where no row is left to show.
  const asked = orchestrator.api.didsAsked(known.program.id)
  expect(await orchestrator.request({ url: `${url}?cursor=${end}` })).toEqual({ status: 200, body: [] })
  expect(orchestrator.api.didsAsked(known.program.id)).toBe(asked)
})

test.each<[string, Parameters<typeof explained>[1]]>([
  ['active executions', (orm) => listActiveExecutions(orm, listed, sliceOf(executionOrder, { after: [id(50)], limit }))],
  [
    'executions of a program',
    (orm) => listProgramExecutions(orm, listed, known.program.id, sliceOf(executionOrder, { after: [id(10_000)], limit })),
  ],
])('a page of %s reads few other rows', async (_list, read) => {
  for (const { rowsRead, plan } of await explained(orchestrator.service.deps.database, read)) {
    // Half of the rows are of the program, so the planner may take them from the primary key.
    expect(rowsRead, JSON.stringify(plan)).toBeLessThanOrEqual(limit * 3)
  }
})

const id = (n: number) => `018f0000-0000-7000-9100-${n.toString(16).padStart(12, '0')}`
