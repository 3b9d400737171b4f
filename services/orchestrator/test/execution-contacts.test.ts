import { type ExecutionContact, ExecutionContactPage } from '@carillon/contracts/execution-contact'
import { eventually } from '@carillon/testing/eventually'
import { listPages } from '@carillon/testing/list-pages'
import { otherOrganizationId } from '@carillon/testing/test-service'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

const contacts = 25
let orchestrator: TestOrchestrator
let id: string
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  await orchestrator.carrier(() => 'ringing')
  id = await orchestrator.launch(orchestrator.api.add(someProgram(contacts, { pacing: { maxConcurrentCalls: 4 } })))
  await eventually(async () => expect((await list('?status=calling')).meta.total).toBe(4))
})
afterAll(() => orchestrator.close())

async function get(query: string, execution = id, role: 'supervisor' | 'agent' = 'supervisor', overrides = {}) {
  const headers = await orchestrator.service.as(role, overrides)
  return orchestrator.app.inject({ url: `/program-executions/${execution}/contacts${query}`, headers })
}
async function list(query: string): Promise<ExecutionContactPage> {
  const response = await get(query)
  expect(response.statusCode).toBe(200)
  expect(Value.Check(ExecutionContactPage, response.json())).toBe(true)
  return response.json()
}

test('every contact is shown once over the pages, and those whose call rings with their call and number', async () => {
  const headers = await orchestrator.service.as('supervisor')
  const url = `/program-executions/${id}/contacts?limit=7`
  const pages = await listPages<ExecutionContact>((next) => orchestrator.app.inject({ url: next, headers }), url)
  const all = pages.flatMap(({ items }) => items)
  expect(new Set(all.map(({ contactId }) => contactId)).size).toBe(contacts)
  expect(all).toHaveLength(contacts)
  for (const contact of all) {
    const isCalled = contact.status === 'calling'
    expect(contact.attempts).toBe(isCalled ? 1 : 0)
    expect(contact.lastCallId === null).toBe(!isCalled)
    expect(contact.from === null).toBe(!isCalled)
    expect(contact.dueAt === null).toBe(isCalled)
  }
})

test('filters by status and by the beginning of the number', async () => {
  const calling = await list('?status=calling&limit=100')
  expect(calling.data.map(({ status }) => status)).toEqual(Array(4).fill('calling'))
  expect(await list('?status=failed')).toMatchObject({ data: [], meta: { total: 0 } })
  const phone = calling.data[0]?.phone ?? ''
  const found = await list(`?search=${encodeURIComponent(phone)}`)
  expect(found).toMatchObject({ data: [{ phone }], meta: { total: 1 } })
  expect((await list(`?search=${encodeURIComponent(phone.slice(0, 4))}&limit=100`)).meta.total).toBeGreaterThan(1)
  expect((await list(`?status=pending&search=${encodeURIComponent(phone)}`)).data).toEqual([])
})

test.each([
  ['?status=unknown', '/query/status'],
  ['?search=%25', '/query/search'],
  ['?search=+2126__', '/query/search'],
  ['?cursor=x', '/query/cursor'],
  ['?limit=1001', '/query/limit'],
  ['?name=x', '/query/name'],
])('%s is refused, and the field is named', async (query, pointer) => {
  const response = await get(query)
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ error: 'ValidationError', details: [{ pointer }] })
})

test('an execution of another organization is not found, and an agent may not read', async () => {
  const foreign = await get('', id, 'supervisor', { organizationId: otherOrganizationId })
  const unknown = await get('', '018f0000-0000-7000-8000-00000000dead')
  for (const response of [foreign, unknown]) expect(response.json()).toMatchObject({ statusCode: 404, error: 'ExecutionNotFoundError' })
  expect((await get('', id, 'agent')).statusCode).toBe(403)
})

test('when an execution is cancelled, its waiting contacts are skipped at once in the list too', async () => {
  expect((await orchestrator.request({ method: 'DELETE', url: `/program-executions/${id}` })).status).toBe(204)
  const skipped = await list('?status=skipped&limit=100')
  expect(skipped.data).toHaveLength(contacts - 4)
  expect(skipped.meta.total).toBe(contacts - 4)
  for (const { status, dueAt } of skipped.data) expect([status, dueAt]).toEqual(['skipped', null])
  expect(await list('?status=pending')).toMatchObject({ data: [], meta: { total: 0 } })
})
