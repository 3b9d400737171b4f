import type { CallEvent } from '@carillon/contracts/call-events'
import { CallAttemptReport } from '@carillon/contracts/call-report'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { applied } from './support/applied.ts'
import { eventsOf, newId, plannedCall, ratingOf, t0 } from './support/events.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator

/** An instant, seconds after the call started. */
const after = (seconds: number) => new Date(t0 + seconds * 1_000).toISOString()
const answered = plannedCall()
const { end: _end, ...unfinished } = plannedCall()
/** Ringing: started, dialed. */
const ringing = eventsOf(unfinished).slice(0, 2)
const refused = plannedCall({ nodes: [], end: { outcome: 'failed', flowOutcome: 'failed', durationMs: null } })

async function get(callId: string, role: Parameters<TestService['as']>[0] = 'supervisor', overrides = {}) {
  return app.inject({ method: 'GET', url: `/call-report/calls/${callId}`, headers: await service.as(role, overrides) })
}

beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
  const rating = ratingOf(answered, [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }])
  const free = ratingOf(refused, [{ nodeType: 'dial', durationMs: null, costMicros: 0 }])
  await service.deps.database.transaction(async (tx) => {
    await applied(tx, callsProjection, [...eventsOf(answered), ...ringing, ...eventsOf(refused).map(withoutFlow)])
    await applied(tx, billingProjection, [rating, free])
  })
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await service.close()
})

/** The call of an order whose flow could not be run. */
function withoutFlow(event: CallEvent): CallEvent {
  return event.type === 'call.ended' ? { ...event, data: { ...event.data, flowStartedAt: null, dialedAt: null, dialNodeId: null } } : event
}

test('a call that has ended is told with its path, its events and its cost, each value from its events', async () => {
  const response = await get(answered.callId)
  expect(response.statusCode).toBe(200)
  expect(Value.Check(CallAttemptReport, response.json())).toBe(true)
  const context = (nodeId: string, nodeType: string, nodeExecutionIndex: number) => ({
    nodeContext: { nodeId, nodeType, nodeExecutionIndex },
  })
  const path = (nodeId: string, nodeType: string, nodeLabel: string) => {
    return { nodeId, nodeType, nodeLabel, outputPath: 'onComplete', timestamp: after(0) }
  }
  expect(response.json()).toEqual({
    callId: answered.callId,
    attempt: 1,
    programId: '018f0000-0000-7000-8000-0000000000f1',
    programExecutionId: answered.executionId,
    contactId: answered.contactId,
    call: {
      status: 'completed',
      direction: 'outbound',
      from: '+212500000001',
      to: '+212612345678',
      createdAt: after(0),
      dialedAt: after(0.1),
      answeredAt: after(4),
      terminatedAt: after(29.001),
      durationMs: 25_001,
    },
    outcome: 'completed',
    outcomeReason: 'as planned',
    flowOutcome: 'completed',
    flowExecution: {
      flowId: '018f0000-0000-7000-8000-0000000000f2',
      flowName: 'Holiday',
      flowVersion: 1,
      executionPath: [
        path('dial', 'dial', 'Dial Contact'),
        path('welcome', 'play', 'Welcome'),
        path('menu', 'dtmf', 'Main Menu'),
        path('bye', 'hangup', 'End Call'),
      ],
      finalVariables: { 'sys.callId': answered.callId, 'sys.attempt': 1, 'contact.fullName': 'Amina Ziani' },
      nodeExecutionCount: 4,
      flowStartedAt: after(0),
    },
    billing: {
      nodes: [
        { nodeId: 'dial', nodeType: 'dial', durationMs: 25_001, cost: 1.875075, costPerUnit: 0.075, unit: 'second', minDurationMs: 10_000 },
      ],
      totalCost: 1.875075,
    },
    events: [
      {
        type: 'dial',
        timestamp: after(0.1),
        data: { to: '+212612345678', from: '+212500000001', timeout: 30_000, enableAMD: false, ...context('dial', 'dial', 1) },
      },
      { type: 'answer', timestamp: after(4), data: { answeredBy: 'human', ringDurationMs: 3_900, ...context('dial', 'dial', 1) } },
      { type: 'play', timestamp: after(5), data: { durationMs: 1_000, ...context('welcome', 'play', 2) } },
      { type: 'dtmf', timestamp: after(6), data: { durationMs: 1_000, digits: '1', branch: 'branch_1', ...context('menu', 'dtmf', 3) } },
      {
        type: 'hangup',
        timestamp: after(7),
        data: { hangupType: 'completed', hangupReason: 'as planned', ...context('bye', 'hangup', 4) },
      },
    ],
  })
})

test('a call that rings is ongoing: it has the dial node without an output, and nothing of its end', async () => {
  const report = (await get(unfinished.callId)).json()
  expect(Value.Check(CallAttemptReport, report)).toBe(true)
  expect(report.outcome).toBeNull()
  expect(report.call).toEqual({
    status: 'ongoing',
    direction: 'outbound',
    from: '+212500000001',
    to: '+212612345678',
    createdAt: after(0),
    dialedAt: after(0.1),
  })
  expect(report.flowExecution).toMatchObject({
    executionPath: [{ nodeId: 'dial', nodeType: 'dial', timestamp: after(0.1) }],
    finalVariables: {},
    nodeExecutionCount: 1,
  })
  expect(report.events).toMatchObject([{ type: 'dial' }])
  for (const absent of ['outcomeReason', 'flowOutcome', 'billing']) expect(report).not.toHaveProperty(absent)
})

test('a call whose flow could not be run has no flow, and one that cost nothing no billing', async () => {
  const report = (await get(refused.callId)).json()
  expect(report).toMatchObject({ outcome: 'failed', flowOutcome: 'failed', call: { status: 'failed' } })
  for (const absent of ['flowExecution', 'billing']) expect(report).not.toHaveProperty(absent)
})

test('an unknown call is 404, and so is one of another organization', async () => {
  const unknown = await get(newId())
  const foreign = await get(answered.callId, 'supervisor', { organizationId: otherOrganizationId })
  for (const response of [unknown, foreign]) {
    expect(response.statusCode).toBe(404)
    expect(response.json()).toMatchObject({ error: 'NotFoundException', message: 'Call not found' })
  }
})

test('the id must be a UUID, and the role a supervisor', async () => {
  const wrong = await get('c1')
  expect(wrong.statusCode).toBe(400)
  expect(wrong.json()).toMatchObject({ error: 'ValidationError', details: [{ pointer: '/params/callId' }] })
  expect((await get(answered.callId, 'agent')).statusCode).toBe(403)
})
