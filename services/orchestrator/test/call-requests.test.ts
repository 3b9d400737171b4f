import type { CallJob, CreateCallRequest } from '@carillon/contracts/call-request'
import type { JobEnded } from '@carillon/contracts/job-events'
import type { Outcome } from '@carillon/contracts/outcome'
import { questions } from '@carillon/contracts/questions'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { ask } from '@carillon/service-kit/messaging/questions'
import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId, testOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Carrier, Script } from './support/carrier.ts'
import { openOrchestrator, type Request, streamMessages, type TestOrchestrator } from './support/orchestrator.ts'
import { someId } from './support/program.ts'

let orchestrator: TestOrchestrator
let carrier: Carrier
/** How the calls to a number go; answered by a human if absent. */
const scripts = new Map<string, Script>()
beforeAll(async () => {
  orchestrator = await openOrchestrator({ orderValidityMs: 2_000 })
  carrier = await orchestrator.carrier((order) => (scripts.get(order.to) ?? (() => 'completed' as const))(order))
})
afterAll(() => orchestrator.close())

let made = 0
const someNumber = () => `+21261${String(++made).padStart(7, '0')}`
const minute = { type: 'fixed_delay', delayMinutes: 1, maxRetries: 1 } as const

type Target = Parameters<TestOrchestrator['api']['answerCallTargets']>[0]
function target(to: string, change: object = {}): Target {
  return {
    to,
    from: '+212522000001',
    flow: { id: someId(), version: 4, name: 'Code' },
    contact: null,
    retryStrategy: { type: 'none' },
    pauseWindows: null,
    callingHours: null,
    ...change,
  }
}

const body = { to: '0612345678', didId: someId(), flowId: someId() }
const post = (change: Partial<CreateCallRequest> = {}, request: Partial<Request> = {}) =>
  orchestrator.request({ method: 'POST', url: '/call-requests', body: { ...body, ...change }, ...request })

async function requestCall(to: string, targeted: object = {}, change: Partial<CreateCallRequest> = {}, request: Partial<Request> = {}) {
  orchestrator.api.answerCallTargets(target(to, targeted))
  const answer = await post(change, request)
  expect(answer.status).toBe(201)
  return answer.body as CallJob
}

async function jobOf(jobId: string, request: Partial<Request> = {}): Promise<CallJob> {
  const { status, body: job } = await orchestrator.request({ url: `/call-requests/${jobId}`, ...request })
  expect(status).toBe(200)
  return job as CallJob
}
const until = (jobId: string, status: CallJob['status']) =>
  eventually(async () => {
    const job = await jobOf(jobId)
    expect(job.status).toBe(status)
    return job
  })
const ordersTo = (to: string) => carrier.orders.filter(({ data }) => data.to === to)
const cancel = (jobId: string) => orchestrator.request({ method: 'DELETE', url: `/call-requests/${jobId}` })

test('a requested call is made at once, and its job is completed when a human has answered', async () => {
  const to = someNumber()
  const contact = { id: someId(), phone: '+212600000000', firstName: 'Amina', lastName: null, attributes: { credit: 12 } }
  const job = await requestCall(to, { contact }, { variables: { code: '4711' } })
  expect(job).toMatchObject({
    status: 'queued',
    attempts: 0,
    to,
    from: '+212522000001',
    contactId: contact.id,
    flowVersion: 4,
    outcome: null,
    test: false,
  })
  expect(await until(job.jobId, 'completed')).toMatchObject({ outcome: 'completed', attempts: 1, failureReason: null, nextAttemptAt: null })
  expect(ordersTo(to)).toMatchObject([
    {
      correlationId: job.jobId,
      data: {
        jobId: job.jobId,
        executionId: null,
        programId: null,
        contactId: contact.id,
        attempt: 1,
        maxAttempts: 1,
        variables: { 'contact.phone': to, 'contact.firstName': 'Amina', 'contact.customAttributes.credit': 12, code: '4711' },
      },
    },
  ])
  const told = await eventually(async () => {
    const events = (await streamMessages(orchestrator.service, 'PROGRAMS')).filter(({ correlationId }) => correlationId === job.jobId)
    expect(events.map(({ type }) => type)).toEqual(['job.requested', 'job.ended'])
    return events
  })
  expect((told[1] as JobEnded).data).toEqual({
    jobId: job.jobId,
    status: 'completed',
    failureReason: null,
    outcome: 'completed',
    attempts: 1,
  })
})

test('a number that is busy is called again with the same number and another call id, and the job fails after the last call', async () => {
  const to = someNumber()
  scripts.set(to, () => 'busy')
  const { jobId } = await requestCall(to, { retryStrategy: { ...minute, delayMinutes: 0.01 } })
  expect(await until(jobId, 'failed')).toMatchObject({ attempts: 2, outcome: 'busy', failureReason: 'not_reached' })
  expect(ordersTo(to).map(({ data }) => data.attempt)).toEqual([1, 2])
  expect(new Set(ordersTo(to).map(({ id }) => id)).size).toBe(2)
})

test('a job waits for its start, and is cancelled once', async () => {
  const startAt = new Date(Date.now() + 3_600_000).toISOString()
  const { jobId } = await requestCall(someNumber(), {}, { startAt })
  expect(await jobOf(jobId)).toMatchObject({ status: 'queued', nextAttemptAt: startAt })
  expect((await cancel(jobId)).status).toBe(204)
  expect(await jobOf(jobId)).toMatchObject({
    status: 'failed',
    failureReason: 'cancelled',
    endedAt: expect.any(String),
    nextAttemptAt: null,
  })
  expect(await cancel(jobId)).toMatchObject({ status: 409, body: { error: 'JobEndedError' } })
})

test('a call that goes on when its job is cancelled runs to its end, and none follows', async () => {
  const to = someNumber()
  scripts.set(to, () => 'ringing')
  const { jobId } = await requestCall(to, { retryStrategy: { ...minute, delayMinutes: 0 } })
  const [order] = await eventually(() => {
    expect(ordersTo(to)).toHaveLength(1)
    return ordersTo(to)
  })
  expect((await cancel(jobId)).status).toBe(204)
  if (order) await carrier.finish(order, 'no_answer')
  expect(await until(jobId, 'failed')).toMatchObject({ failureReason: 'cancelled', outcome: 'no_answer', attempts: 1 })
  expect(ordersTo(to)).toHaveLength(1)
})

test('a number of the do-not-call list is not called', async () => {
  const [to, later] = [someNumber(), someNumber()]
  await orchestrator.service.database.sql`insert into dnc_numbers (organization_id, phone) values (${testOrganizationId}, ${to})`
  const { jobId } = await requestCall(to)
  expect(await until(jobId, 'failed')).toMatchObject({ failureReason: 'do_not_call', attempts: 0, outcome: null })
  // The bridge may know of an entry before the orchestrator does.
  scripts.set(later, () => 'suppressed')
  expect(await until((await requestCall(later)).jobId, 'failed')).toMatchObject({ failureReason: 'do_not_call', attempts: 0 })
})

test('an order that nothing answers is sent again, and a job without an answer expires', async () => {
  const to = someNumber()
  scripts.set(to, ({ notAfter }) => (Date.parse(notAfter) <= Date.now() ? 'not_dialed' : 'lost'))
  const { jobId } = await requestCall(to, {}, { expiresAt: new Date(Date.now() + 3_000).toISOString() })
  expect(await until(jobId, 'failed')).toMatchObject({ failureReason: 'expired', attempts: 0 })
  expect(ordersTo(to).length).toBeGreaterThan(1)
  expect(new Set(ordersTo(to).map(({ id }) => id)).size).toBe(ordersTo(to).length)
})

test('the calls of an organization are limited, and those of another one do not wait for them', async () => {
  const numbers = Array.from({ length: 70 }, someNumber)
  const foreign = someNumber()
  for (const to of numbers) scripts.set(to, () => 'ringing')
  const jobs = []
  for (const to of numbers) jobs.push(await requestCall(to))
  const opened = () => numbers.flatMap(ordersTo)
  await eventually(() => expect(opened()).toHaveLength(50))
  const theirs = await requestCall(foreign, {}, {}, { as: { organizationId: otherOrganizationId } })
  await eventually(async () => {
    const as = { organizationId: otherOrganizationId }
    expect((await jobOf(theirs.jobId, { as })).status).toBe('completed')
  })
  expect(opened()).toHaveLength(50)
  for (const order of opened()) await carrier.finish(order, 'completed')
  await eventually(() => expect(opened()).toHaveLength(70))
  for (const order of opened().slice(50)) await carrier.finish(order, 'completed')
  for (const { jobId } of jobs) await until(jobId, 'completed')
})

test('without credits a request is refused, and a job that waits is called when there are credits again', async () => {
  const as = { organizationId: '018f0000-0000-7000-8000-0000000000c1' }
  orchestrator.accounts.set(as.organizationId, { balanceMicros: 5, entryCount: 1 })
  const startAt = new Date(Date.now() + 1_000).toISOString()
  const to = someNumber()
  const { jobId } = await requestCall(to, {}, { startAt }, { as })
  orchestrator.accounts.set(as.organizationId, { balanceMicros: 0, entryCount: 2 })
  expect(await post({}, { as })).toMatchObject({ status: 402, body: { error: 'InsufficientCreditsError' } })
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect([(await jobOf(jobId, { as })).status, ordersTo(to)]).toEqual(['queued', []])
  // In test mode no call costs anything.
  const inTest = { as: { ...as, test: true as const } }
  const test = await requestCall(someNumber(), {}, {}, inTest)
  await eventually(async () => expect((await jobOf(test.jobId, inTest)).status).toBe('completed'))
  expect((await orchestrator.request({ url: `/call-requests/${test.jobId}`, as })).status).toBe(404)
  await orchestrator.service.database.sql`update balances set has_credits = true where organization_id = ${as.organizationId}`
  await eventually(async () => expect((await jobOf(jobId, { as })).status).toBe('completed'))
})

test('a repeated request with the same key makes no second job', async () => {
  const to = someNumber()
  const headers = { 'idempotency-key': 'once' }
  const first = await requestCall(to, {}, {}, { headers })
  orchestrator.api.answerCallTargets(new DomainError('unavailable', 'ServiceUnavailableError', 'asked again'))
  expect(await post({}, { headers })).toEqual({ status: 201, body: first })
  await until(first.jobId, 'completed')
  expect(ordersTo(to)).toHaveLength(1)
  expect(await post({ expiresAt: '2099-01-01T00:00:00Z' }, { headers })).toMatchObject({ status: 409 })
})

test('what program-api refuses is refused, and nothing is kept', async () => {
  orchestrator.api.answerCallTargets(new DomainError('invalid', 'DidNotActiveError', 'not active', [{ pointer: '/didId', message: 'x' }]))
  expect(await post()).toMatchObject({ status: 400, body: { error: 'DidNotActiveError', details: [{ pointer: '/didId' }] } })
  expect(await post({ to: 'x'.repeat(65) })).toMatchObject({ status: 400, body: { details: [{ pointer: '/to' }] } })
  expect(await orchestrator.request({ method: 'POST', url: '/call-requests', body: { to: '1' } })).toMatchObject({ status: 400 })
})

test('jobs are listed by status, are another organization’s secret, and take the right role', async () => {
  const as = { organizationId: '018f0000-0000-7000-8000-0000000000c2' }
  const outcomes: Outcome[] = ['completed', 'busy', 'completed']
  const ids: string[] = []
  for (const outcome of outcomes) {
    const to = someNumber()
    scripts.set(to, () => outcome)
    ids.push((await requestCall(to, {}, {}, { as })).jobId)
  }
  const list = async (query: string) => {
    const { body: page } = await orchestrator.request({ url: `/call-requests${query}`, as, role: 'supervisor' })
    return (page as { data: CallJob[] }).data.map(({ jobId }) => jobId)
  }
  await eventually(async () => expect(await list('?status=completed')).toEqual([ids[2], ids[0]]))
  await eventually(async () => expect(await list('?status=failed')).toEqual([ids[1]]))
  expect(await list('')).toEqual(ids.toReversed())
  expect(await list('?status=queued')).toEqual([])
  for (const method of ['GET', 'DELETE'] as const) {
    const foreign = await orchestrator.request({ method, url: `/call-requests/${ids[0]}` })
    expect(foreign).toMatchObject({ status: 404, body: { error: 'JobNotFoundError' } })
  }
  expect((await post({}, { role: 'supervisor' })).status).toBe(403)
  const asked = { organizationId: as.organizationId, jobId: ids[1] ?? '' }
  const { connection } = orchestrator.service.nats
  expect(await ask(connection, questions.job, asked)).toEqual({ status: 'failed', failureReason: 'not_reached', attempts: 1 })
  await expect(ask(connection, questions.job, { ...asked, organizationId: testOrganizationId })).rejects.toThrow('Job not found')
})
