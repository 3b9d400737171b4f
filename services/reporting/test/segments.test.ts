import type { ExecutionSegments } from '@carillon/contracts/report-segments'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { applied } from './support/applied.ts'
import { eventsOf, launched, newId, type PlannedCall, plannedCall, t0 } from './support/events.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator
const executionId = newId()

/** Calls half an hour apart, from half past nine in UTC: from which DID, to whom, and how it went. */
const planned = [
  ['+212520000001', '+33612345678', 'completed'],
  ['+212520000001', '+33612345679', 'busy'],
  ['+212520000002', '+33612345680', 'no_answer'],
  ['+212520000001', '+919812345678', 'completed'],
  ['+212520000002', '+12125550123', 'voicemail'],
  ['+212520000002', '6001', 'rejected'],
] as const

beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
  const events = planned.flatMap(([from, to, outcome], index) => {
    const startedAtMs = t0 + index * 1_800_000
    const durationMs = outcome === 'completed' || outcome === 'voicemail' ? 10_000 * (index + 1) : null
    const call: PlannedCall = plannedCall({
      callId: uuidv7(startedAtMs),
      executionId,
      startedAtMs,
      end: { outcome, flowOutcome: 'completed', durationMs },
    })
    return eventsOf(call).map((event) => (event.type === 'call.started' ? { ...event, data: { ...event.data, from, to } } : event))
  })
  await service.deps.database.transaction(async (tx) => {
    // Without positions it shows all that was read.
    const { data, ...event } = launched(executionId)
    const { position: _position, ...rest } = data
    await applied(tx, executionsProjection, [{ ...event, data: rest }])
    await applied(tx, callsProjection, events)
  })
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await service.close()
})

const get = async (query: string, overrides = {}) =>
  app.inject({ url: `/program-execution/${executionId}/report/segments?${query}`, headers: await service.as('supervisor', overrides) })
const segments = async (by: string) => (await get(`by=${by}`)).json<ExecutionSegments>().segments

test('by DID: how often each is answered', async () => {
  expect(await segments('did')).toEqual([
    {
      key: '+212520000001',
      calls: 3,
      callsAnswered: 2,
      callsVoicemail: 0,
      callsNoAnswer: 0,
      callsBusy: 1,
      callsRejected: 0,
      callsFailed: 0,
      answerRate: 66.67,
      averageDurationMs: 25_000,
      suspectedSpam: false,
    },
    expect.objectContaining({ key: '+212520000002', calls: 3, callsAnswered: 0, callsVoicemail: 1, averageDurationMs: 50_000 }),
  ])
})

test('by country and by the hour of the callee’s day, each call once', async () => {
  expect((await segments('country')).map(({ key, calls }) => [key, calls])).toEqual([
    ['FR', 3],
    ['IN', 1],
    ['US', 1],
    [null, 1],
  ])
  // France is one hour ahead of UTC, India five and a half; the United States have several time zones.
  expect((await segments('hour')).map(({ key, calls, answerRate }) => [key, calls, answerRate])).toEqual([
    ['10', 1, 100],
    ['11', 2, 0],
    ['16', 1, 100],
    [null, 2, 0],
  ])
})

test('what is not asked well, or not the organization’s, is refused', async () => {
  expect((await get('')).json()).toMatchObject({ by: 'did' })
  expect((await get('by=name')).json()).toMatchObject({ statusCode: 400, details: [{ pointer: '/query/by' }] })
  expect((await get('by=did', { organizationId: otherOrganizationId })).statusCode).toBe(404)
  expect((await get('by=did', { role: 'agent' })).statusCode).toBe(403)
})
