import { CallAttemptReport, JobReport } from '@carillon/contracts/call-report'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { openTestService, otherOrganizationId, type TestService } from '@carillon/testing/test-service'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../src/app.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { applied } from './support/applied.ts'
import { eventsOf, newId, plannedCall, ratingOf } from './support/events.ts'
import { type StandInOrchestrator, standInOrchestrator } from './support/orchestrator.ts'

let service: TestService
let app: HttpApp
let orchestrator: StandInOrchestrator

const busy = plannedCall({
  executionId: null,
  nodes: [{ nodeId: 'dial' }],
  end: { outcome: 'busy', flowOutcome: 'failed', durationMs: null },
})
const answered = plannedCall({ executionId: null, attempt: 2, startedAtMs: busy.startedAtMs + 60_000 })
const jobId = eventsOf(busy)[0]?.data.jobId ?? ''

async function get(id: string, role: Parameters<TestService['as']>[0] = 'supervisor', overrides = {}) {
  return app.inject({ method: 'GET', url: `/call-report/jobs/${id}`, headers: await service.as(role, overrides) })
}
const report = async () => (await get(jobId)).json<JobReport>()

beforeAll(async () => {
  service = await openTestService('reporting', { logLevel: 'error' })
  app = await buildApp(service.deps)
  orchestrator = standInOrchestrator(service.deps)
})
afterAll(async () => {
  await app.close()
  await orchestrator.close()
  await service.close()
})

async function read(...events: ReturnType<typeof eventsOf>) {
  await service.deps.database.transaction((tx) => applied(tx, callsProjection, events))
}

test('a job is told from its request on, with its calls as they go on, and never says more than they do', async () => {
  expect((await get(jobId)).statusCode).toBe(404)
  orchestrator.tell(jobId, { status: 'queued', failureReason: null, attempts: 0 })
  expect(await report()).toEqual({ jobId, status: 'queued', attempts: [] })

  await read(...eventsOf(busy).slice(0, 2))
  expect(await report()).toMatchObject({
    status: 'active',
    attempts: [{ callId: busy.callId, outcome: null, call: { status: 'ongoing' } }],
  })
  await read(...eventsOf(busy).slice(2))
  orchestrator.tell(jobId, { status: 'completed', failureReason: null, attempts: 2 })
  expect(await report()).toMatchObject({ status: 'active', finalOutcome: 'busy', attempts: [{ attempt: 1, outcome: 'busy' }] })

  await read(...eventsOf(answered))
  const rating = ratingOf(answered, [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }])
  await service.deps.database.transaction((tx) => applied(tx, billingProjection, [rating]))
  const told = await report()
  expect(Value.Check(JobReport, told)).toBe(true)
  expect(told).toMatchObject({
    status: 'completed',
    finalOutcome: 'completed',
    attempts: [
      { attempt: 1, outcome: 'busy' },
      { attempt: 2, outcome: 'completed', billing: { totalCost: 1.875075 } },
    ],
  })
  expect(told.attempts.every((attempt) => Value.Check(CallAttemptReport, attempt))).toBe(true)
  expect(told.attempts[0]).not.toHaveProperty('programId')
  expect(told.attempts[0]).not.toHaveProperty('programExecutionId')
})

test('a job that never had a call tells why', async () => {
  const id = newId()
  orchestrator.tell(id, { status: 'failed', failureReason: 'do_not_call', attempts: 0 })
  expect((await get(id)).json()).toEqual({ jobId: id, status: 'failed', failureReason: 'do_not_call', attempts: [] })
})

test('only the organization of a job sees it, from the role supervisor on', async () => {
  expect((await get(jobId, 'supervisor', { organizationId: otherOrganizationId })).json()).toMatchObject({
    statusCode: 404,
    error: 'NotFoundException',
  })
  expect((await get(newId())).json()).toMatchObject({ statusCode: 404, error: 'NotFoundException' })
  expect((await get(jobId, 'agent')).statusCode).toBe(403)
  expect((await get('x')).json()).toMatchObject({ statusCode: 400, details: [{ pointer: '/params/jobId' }] })
})

test('a job that the orchestrator keeps no more, or does not tell of, is told by its calls', async () => {
  orchestrator.tell(jobId, undefined)
  expect(await report()).toMatchObject({ status: 'completed', finalOutcome: 'completed' })
  await orchestrator.forgetJobs()
  expect(await report()).toMatchObject({ status: 'completed', finalOutcome: 'completed' })
  expect((await get(newId())).statusCode).toBe(503)
})
