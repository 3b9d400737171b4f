import type { CallHistory } from '@carillon/contracts/report'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import {
  at,
  contactsChanged,
  eventsOf,
  launched,
  newId,
  noContacts,
  type PlannedCall,
  plannedCall,
  ratingOf,
  t0,
} from './support/events.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'
import { standInProgramApi } from './support/program-api.ts'

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator
let closeProgramApi: () => Promise<void>
const executionId = newId()
const contactId = newId()

/** Calls a minute apart: how each went, what was pressed, how long it lasted, and its cost in micro-credits. */
const planned = [
  ['completed', '1', 30_000, 3_000_000],
  ['busy', '', null, 0],
  ['completed', '12', 10_000, 750_000],
  ['no_answer', '', null, 0],
  ['voicemail', '', 5_000, 750_000],
  ['completed', '1', 20_000, 1_500_000],
] as const
const calls = planned.map(([outcome, digits, durationMs], index): PlannedCall => {
  const startedAtMs = t0 + index * 60_000
  const nodes = digits === '' ? [{ nodeId: 'dial' }] : [{ nodeId: 'dial' }, { nodeId: 'menu', digits }]
  const end = { outcome, flowOutcome: 'completed' as const, durationMs }
  return plannedCall({
    callId: uuidv7(startedAtMs),
    executionId,
    startedAtMs,
    attempt: index === 3 ? 2 : 1,
    nodes,
    end,
    ...(index < 2 ? { contactId } : {}),
  })
})
const { end: _end, ...ongoing } = plannedCall({ callId: uuidv7(t0 + 600_000), executionId, startedAtMs: t0 + 600_000 })

beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
  closeProgramApi = standInProgramApi(service.deps, [])
  const ratings = calls.map((call, index) => {
    const [, , durationMs, costMicros] = planned[index] as (typeof planned)[number]
    return ratingOf(call, [{ nodeType: 'dial', durationMs, costMicros }])
  })
  await service.deps.database.transaction(async (tx) => {
    const counts = { ...noContacts, completed: 6, calling: 1 }
    await applied(tx, executionsProjection, [launched(executionId), contactsChanged(executionId, 2, 1, counts)])
    await applied(tx, callsProjection, [...calls, ongoing].flatMap(eventsOf))
    await applied(tx, billingProjection, ratings)
  })
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await closeProgramApi()
  await service.close()
})

async function get(path: string) {
  return app.inject({ url: `/program-execution/${executionId}/report/calls${path}`, headers: await service.as('supervisor') })
}
/** The places of the calls of an answer in the plan; 6 is the one that goes on. */
async function shown(query: string): Promise<number[]> {
  const answer = await get(`?${query}`)
  expect(answer.statusCode).toBe(200)
  const { data, meta } = answer.json<CallHistory>()
  expect(meta.total).toBe(data.length)
  return data.map(({ callId }) => [...calls, ongoing].findIndex((call) => call.callId === callId))
}
const encoded = (instant: string) => encodeURIComponent(instant)

describe('the history shows the calls that fulfil all conditions', () => {
  test.each<[string, number[]]>([
    ['status=completed', [0, 2, 5]],
    ['status=ongoing', [6]],
    ['attempt=2', [3]],
    [`contactId=${contactId}`, [0, 1]],
    ['to=%2B2126', [0, 1, 2, 3, 4, 5, 6]],
    ['to=2126', [0, 1, 2, 3, 4, 5, 6]],
    ['to=2127', []],
    [`startedFrom=${encoded(at(60_000))}&startedBefore=${encoded(at(180_000))}`, [1, 2]],
    ['nodeId=menu', [0, 2, 5, 6]],
    ['nodeId=menu&digits=1', [0, 5, 6]],
    ['digits=12', [2]],
    ['nodeId=dial&digits=1', []],
    ['nodeId=me', []],
    ['minDurationMs=10000', [0, 2, 5]],
    ['maxDurationMs=10000', [2, 4]],
    ['minCost=0.75&maxCost=1.5', [2, 4, 5]],
    ['minCost=0.750001', [0, 5]],
    ['status=completed&digits=1&maxDurationMs=25000', [5]],
  ])('%s', async (query, expected) => {
    expect(await shown(query)).toEqual(expected)
  })
})

describe('the history is sorted, and its cursors keep the order', () => {
  test.each<[string, number[]]>([
    ['-startedAt', [6, 5, 4, 3, 2, 1, 0]],
    ['durationMs', [1, 3, 6, 4, 2, 5, 0]],
    ['-durationMs', [0, 5, 2, 4, 6, 3, 1]],
    ['totalCost', [1, 3, 6, 2, 4, 5, 0]],
    ['-totalCost', [0, 5, 4, 2, 6, 3, 1]],
  ])('%s', async (sort, expected) => {
    expect(await shown(`sort=${sort}`)).toEqual(expected)
    const places: number[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer = await get(`?sort=${sort}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      const { data, meta } = answer.json<CallHistory>()
      expect(meta.total).toBe(7)
      places.push(...data.map(({ callId }) => [...calls, ongoing].findIndex((call) => call.callId === callId)))
      cursor = meta.nextCursor
    }
    expect(places).toEqual(expected)
  })

  test('a cursor of another order or of other conditions is refused', async () => {
    const { meta } = (await get('?sort=durationMs&limit=2')).json<CallHistory>()
    for (const query of ['sort=totalCost', 'sort=durationMs&status=busy']) {
      expect((await get(`?${query}&limit=2&cursor=${meta.nextCursor}`)).json()).toMatchObject({
        statusCode: 400,
        details: [{ pointer: '/query/cursor' }],
      })
    }
  })
})

test('the export holds the calls that fulfil the conditions', async () => {
  const lines = async (query: string) => (await get(`/export?format=csv${query}`)).body.trim().split(/\r?\n/).length - 1
  expect(await lines('')).toBe(7)
  expect(await lines('&status=completed&digits=1')).toBe(2)
  expect(await lines('&minCost=0.75&maxCost=0.75')).toBe(2)
})

test.each([
  ['status=later', '/query/status'],
  ['attempt=0', '/query/attempt'],
  ['contactId=x', '/query/contactId'],
  ['to=x', '/query/to'],
  ['startedFrom=2026-03-01T10:00:00', '/query/startedFrom'],
  ['digits=x', '/query/digits'],
  ['minCost=-1', '/query/minCost'],
  ['minDurationMs=2&maxDurationMs=1', '/query/maxDurationMs'],
  ['sort=name', '/query/sort'],
])('%s is refused at %s', async (query, pointer) => {
  expect((await get(`?${query}`)).json()).toMatchObject({ statusCode: 400, error: 'ValidationError', details: [{ pointer }] })
})
