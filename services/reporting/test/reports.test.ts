import { CallHistory, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import { contactsChanged, eventsOf, launched, newId, noContacts, type PlannedCall, plannedCall, ratingOf, t0 } from './support/events.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator
const executionId = newId()
const lunch = { monday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 0 } }] }
const paths = ['', '/calls', '/breakdown', '/node-stats', '/billing', '/timeline']

const answered = (durationMs: number) => ({ outcome: 'completed', flowOutcome: 'completed', durationMs }) as const
const calls = Array.from({ length: 25 }, (_, index): PlannedCall => {
  const { end: _end, ...ongoing } = plannedCall({ callId: uuidv7(t0 + index), executionId, startedAtMs: t0 + index })
  return index === 24 ? ongoing : { ...ongoing, end: answered(10_000 + index) }
})

async function get(path: string, role: Parameters<TestService['as']>[0] = 'supervisor', overrides = {}) {
  return app.inject({ method: 'GET', url: path, headers: await service.as(role, overrides) })
}
const report = (path: string) => get(`/program-execution/${executionId}/report${path}`)

beforeAll(async () => {
  // Half past twelve in Casablanca: the lunch window is open.
  service = await openTestService('reporting', { logLevel: 'error', clock: { speed: 0.000001, startsAt: '2025-12-15T11:30:00.000Z' } })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
  const ratings = calls
    .filter((call) => call.end)
    .map((call, index) => ratingOf(call, [{ nodeType: 'dial', durationMs: 10_000, costMicros: 750_000 + index }]))
  await service.deps.database.transaction(async (tx) => {
    await applied(tx, executionsProjection, [
      launched(executionId, { pauseWindows: lunch, scheduledStopAt: '2025-12-20T18:00:00Z' }),
      contactsChanged(executionId, 2, 1, { ...noContacts, completed: 24, calling: 1 }),
    ])
    await applied(tx, callsProjection, calls.flatMap(eventsOf))
    await applied(tx, billingProjection, ratings)
  })
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await service.close()
})

test('the main report', async () => {
  const response = await report('')
  expect(response.statusCode).toBe(200)
  expect(Value.Check(ProgramReport, response.json())).toBe(true)
  expect(response.json()).toMatchObject({
    executionId,
    status: 'running',
    test: false,
    effectiveStatus: 'paused_window',
    isInPauseWindow: true,
    actualStartAt: '2025-12-15T09:30:00.000Z',
    durationMs: 7_200_000,
    metadata: { pauseWindows: lunch, retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2 } },
    contactMetrics: { totalContacts: 25, completed: 24, reachRate: 96 },
    callMetrics: { totalCalls: 25, answered: 24, connectionRate: 96 },
    billingMetrics: { totalCreditsUsed: 18.000276, billableCallsCount: 24, averageCostPerCall: 0.750012 },
  })
})

test('the history is paged, oldest call first, with the cost of rated calls', async () => {
  const first = await report('/calls?page=1&limit=10')
  expect(Value.Check(CallHistory, first.json())).toBe(true)
  expect(first.json().data.map(({ callId }: { callId: string }) => callId)).toEqual(calls.slice(0, 10).map(({ callId }) => callId))
  expect(first.json().data[3]).toMatchObject({ status: 'completed', durationMs: 10_003, totalCost: 0.750003 })
  expect(first.json().meta).toEqual({ page: 1, limit: 10, total: 25, totalPages: 3, nextCursor: expect.any(String) })
  const last = await report('/calls?page=3&limit=10')
  expect(last.json().data).toHaveLength(5)
  expect(last.json().data[4]).toMatchObject({ status: 'ongoing', outcome: null })
  expect(last.json().data[4]).not.toHaveProperty('totalCost')
})

test('a page has twenty calls by default, and a page after the last one has none', async () => {
  expect((await report('/calls')).json()).toMatchObject({ data: { length: 20 }, meta: { page: 1, limit: 20, totalPages: 2 } })
  const beyond = await report('/calls?page=100&limit=1000')
  expect(beyond.json()).toEqual({ data: [], meta: { page: 100, limit: 1000, total: 25, totalPages: 1, nextCursor: null } })
})

test('breakdown, node stats and billing', async () => {
  const [breakdown, nodes, billing] = await Promise.all([report('/breakdown'), report('/node-stats'), report('/billing')])
  expect(Value.Check(EventBreakdown, breakdown.json())).toBe(true)
  expect(breakdown.json().total).toMatchObject({ attemptNumber: 0, callsAttempted: 25, callsConnected: 24, averageDurationMs: 10_012 })
  expect(Value.Check(NodeExecutionStats, nodes.json())).toBe(true)
  expect(nodes.json().nodes[2]).toMatchObject({ nodeId: 'menu', uniqueCalls: 25, dtmfBreakdown: { 1: 25 }, dtmfPercentages: { 1: 100 } })
  expect(nodes.json().nodes[3]).toMatchObject({ nodeId: 'record', uniqueCalls: 0 })
  expect(Value.Check(ProgramBillingReport, billing.json())).toBe(true)
  expect(billing.json().byNodeType).toEqual([{ nodeType: 'dial', totalCost: 18.000276, executionCount: 24, totalDurationMs: 240_000 }])
  const costs = billing.json().topCostlyCalls.map(({ totalCost }: { totalCost: number }) => totalCost)
  expect(costs).toEqual([23, 22, 21, 20, 19, 18, 17, 16, 15, 14].map((extra) => (750_000 + extra) / 1_000_000))
})

test('an execution that nobody has called yet reports zeros', async () => {
  const fresh = newId()
  await service.deps.database.transaction((tx) => applied(tx, executionsProjection, [launched(fresh, { status: 'scheduled' })]))
  const [main, history, billing] = await Promise.all(
    ['', '/calls', '/billing'].map((path) => get(`/program-execution/${fresh}/report${path}`)),
  )
  expect(main?.json()).toMatchObject({
    status: 'scheduled',
    effectiveStatus: 'scheduled',
    callMetrics: { totalCalls: 0, connectionRate: 0 },
  })
  expect(main?.json()).not.toHaveProperty('actualStartAt')
  expect(history?.json()).toEqual({ data: [], meta: { page: 1, limit: 20, total: 0, totalPages: 0, nextCursor: null } })
  expect(billing?.json()).toMatchObject({ summary: { totalCreditsUsed: 0, averageCostPerCall: 0 }, byNodeType: [], topCostlyCalls: [] })
})

test('an execution whose events have not arrived yet is shown as it was launched, to its own organization alone', async () => {
  const unread = launched(newId())
  const { executionId: id } = unread.data
  orchestrator.launched(unread)
  const answers = await Promise.all(paths.map((path) => get(`/program-execution/${id}/report${path}`)))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(paths.map(() => 200))
  const [main, history, breakdown, nodes, billing] = answers.map((answer) => answer.json())
  expect(main).toMatchObject({
    executionId: id,
    status: 'running',
    contactMetrics: { totalContacts: 3, pending: 3 },
    callMetrics: { totalCalls: 0 },
    billingMetrics: { totalCreditsUsed: 0 },
  })
  expect(history).toMatchObject({ data: [], meta: { total: 0 } })
  expect(breakdown).toMatchObject({ perAttempt: [], total: { callsAttempted: 0 } })
  expect(nodes.nodes).toHaveLength(unread.data.nodes.length)
  expect(billing).toMatchObject({ summary: { totalCreditsUsed: 0 }, byNodeType: [], topCostlyCalls: [] })
  const url = `/program-execution/${id}/report`
  expect((await get(url, 'supervisor', { organizationId: otherOrganizationId })).json()).toMatchObject({ statusCode: 404 })
})

test('while the orchestrator does not answer, an execution that is not known here is not said to be missing', async () => {
  await orchestrator.close()
  const response = await get(`/program-execution/${newId()}/report`)
  expect(response.json()).toMatchObject({ statusCode: 503, error: 'ServiceUnavailableError' })
  orchestrator = standInOrchestrator(service.deps)
})

test.each([
  { type: 'none' as const },
  { type: 'fixed_delay' as const, delayMinutes: 0.5, maxRetries: 3, retryOn: ['busy' as const, 'no_answer' as const] },
  { type: 'scheduled' as const, retryDates: ['2025-12-16T09:00:00.000Z', '2025-12-17T09:00:00.000Z'] },
])('the report shows the retry strategy $type and pauses between instants as they were launched', async (retryStrategy) => {
  const id = newId()
  const pauseWindows = { ...lunch, advanced: [{ startAt: '2025-12-15T11:00:00.000Z', endAt: '2025-12-15T11:29:00.000Z' }] }
  await service.deps.database.transaction((tx) => applied(tx, executionsProjection, [launched(id, { retryStrategy, pauseWindows })]))
  const response = await get(`/program-execution/${id}/report`)
  expect(response.json().metadata).toMatchObject({ retryStrategy, pauseWindows })
})

test.each(paths)(
  'report%s answers 404 for an unknown execution and one of another organization, and 400 for an invalid id',
  async (path) => {
    const unknown = await get(`/program-execution/${newId()}/report${path}`)
    const foreign = await get(`/program-execution/${executionId}/report${path}`, 'supervisor', { organizationId: otherOrganizationId })
    for (const response of [unknown, foreign]) {
      expect(response.json()).toEqual({
        statusCode: 404,
        error: 'NotFoundException',
        message: 'Execution not found',
        requestId: expect.any(String),
      })
    }
    const invalid = await get(`/program-execution/not-an-id/report${path}`)
    expect(invalid.json()).toMatchObject({ statusCode: 400, error: 'ValidationError', details: [{ pointer: '/params/id' }] })
  },
)

test.each(paths)('report%s takes the role supervisor', async (path) => {
  const url = `/program-execution/${executionId}/report${path}`
  expect((await get(url, 'agent')).json()).toMatchObject({ statusCode: 403, error: 'ForbiddenError' })
  expect((await get(url, 'admin')).statusCode).toBe(200)
  expect((await app.inject({ method: 'GET', url })).statusCode).toBe(401)
})

test.each([
  ['page=0', '/query/page'],
  ['page=10000001', '/query/page'],
  ['page=-1', '/query/page'],
  ['page=1.5', '/query/page'],
  ['page=x', '/query/page'],
  ['limit=0', '/query/limit'],
  ['limit=1001', '/query/limit'],
  ['limit=5000', '/query/limit'],
  ['limit=', '/query/limit'],
  ['offset=3', '/query/offset'],
])('the history refuses ?%s', async (query, pointer) => {
  const response = await report(`/calls?${query}`)
  expect(response.json()).toMatchObject({ statusCode: 400, error: 'ValidationError', details: [{ pointer }] })
})

test('the OpenAPI document names the reports, and the header that says as of when they are', async () => {
  const document = (await app.inject('/openapi.json')).json()
  const reports = Object.keys(document.paths).filter((path) => path.startsWith('/program-execution/'))
  expect(reports.sort()).toEqual(
    [...paths, '/calls/export', '/export', '/segments', '/stream'].map((path) => `/program-execution/{id}/report${path}`).sort(),
  )
  for (const path of paths) {
    const { headers } = document.paths[`/program-execution/{id}/report${path}`].get.responses['200']
    const described = Object.keys(headers).map((name) => name.toLowerCase())
    expect(described).toEqual(path === '/calls' ? ['carillon-as-of', 'link'] : ['carillon-as-of'])
    expect((await report(path)).headers).toHaveProperty('carillon-as-of')
  }
})

test('the report of an execution that was launched in test mode says so', async () => {
  const id = newId()
  await service.deps.database.transaction((tx) => applied(tx, executionsProjection, [launched(id, { test: true })]))
  expect((await get(`/program-execution/${id}/report`)).json()).toMatchObject({ executionId: id, test: true })
})
