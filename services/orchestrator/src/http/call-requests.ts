import {
  type CallJob,
  CallJobPage,
  CallJob as CallJobSchema,
  CreateCallRequest,
  type JobStatus,
  ListCallJobsQuery,
} from '@carillon/contracts/call-request'
import { PhoneReadingQuery } from '@carillon/contracts/contact'
import type { Identity } from '@carillon/contracts/identity'
import { fromIso, toIso } from '@carillon/contracts/instant'
import { laneOf } from '@carillon/contracts/lane'
import { IdempotencyHeaders } from '@carillon/contracts/request'
import { described, Uuid } from '@carillon/contracts/scalars'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { answeredBefore, createOnce } from '@carillon/service-kit/http/idempotency'
import { pagedList } from '@carillon/service-kit/http/lists'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { variablesOf } from '../domain/dial-order.ts'
import { cancelJob, dueAt, type Job, newJob, statusOf } from '../domain/job.ts'
import { jobEnded, jobRequested } from '../domain/job-messages.ts'
import { jobNotFound } from '../domain/not-found.ts'
import { hasCredits } from '../store/balances.ts'
import { findJob, hasLiveJobs, insertJob, type JobsOf, jobListOrder, listJobs, lockJob, writeJobs } from '../store/call-jobs.ts'
import { queueOf } from '../store/job-queues.ts'
import type { RouteDeps } from './route-deps.ts'

const common = { tags: [tags.callRequests] }
const JobParams = Type.Object({ jobId: described(Uuid, 'The job’s id, a UUID') })
const noJob = { JobNotFoundError: 'The organization has no job with this id in the mode of the request.' }

const RequestCall = {
  operationId: 'requestCall',
  summary: 'Call one number',
  description:
    'Makes a job, which calls the number at `startAt`, or at once, and again as its retry strategy says. The flow runs in its latest version; of a contact, its name and attributes as they are now. The do-not-call list and credits always count. Send an `Idempotency-Key`: a repeated request with the same key makes no second job.',
  errors: {
    InsufficientCreditsError: 'The organization has no credits.',
    TooManyRequestsError: 'As many jobs of the organization wait as may.',
    DidNotFoundError: 'There is no DID with this id.',
    DidNotAccessibleError: 'The DID is another organization’s.',
    DidNotActiveError: 'The DID is not active.',
    ValidationError: 'This includes a number that cannot be called, and a flow or a contact that does not exist.',
  },
  ...common,
  headers: IdempotencyHeaders,
  querystring: PhoneReadingQuery,
  body: CreateCallRequest,
  response: { 201: CallJobSchema },
}
const ListJobs = {
  operationId: 'listCallRequests',
  summary: 'List call requests',
  description:
    'The jobs of the organization that are in the mode of the request, the latest first. A job is kept for 90 days after its end.',
  ...common,
  querystring: ListCallJobsQuery,
  response: { 200: CallJobPage },
}
const GetJob = {
  operationId: 'getCallRequest',
  summary: 'Get a call request',
  description: 'How far a job has come. `getJobReport` tells of its calls.',
  errors: noJob,
  ...common,
  params: JobParams,
  response: { 200: CallJobSchema },
}
const CancelJob = {
  operationId: 'cancelCallRequest',
  summary: 'Cancel a call request',
  description: 'A job that waits fails as `cancelled`. A call that is ordered or goes on runs to its end, and none follows it.',
  errors: { ...noJob, JobEndedError: 'The job has ended already.' },
  ...common,
  params: JobParams,
  response: { 204: Type.Null() },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

/** Jobs of an organization that have not ended, in each mode. */
const liveJobsLimit = 20_000

/** `/call-requests`: calls to one number. */
export const callRequestRoutes =
  ({ deps, api, organizations, accounts, jobAdded }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock, outbox } = deps

    app.post('/call-requests', { schema: RequestCall, config: change }, async (request, reply) => {
      const { identity, body, query } = request
      const { organizationId, timezone } = identity
      const of = jobsOf(identity)
      const answered = await answeredBefore<CallJob>(database, request)
      if (answered) return reply.code(201).send(answered)
      if (!of.isTest) await accounts.refreshBalance(organizationId)
      if (!of.isTest && !(await hasCredits(database, organizationId))) throw insufficientCredits()
      if (await hasLiveJobs(database, of, liveJobsLimit)) throw tooManyJobs()
      const { to, from, flow, contact, ...times } = await api.callTarget({
        organizationId,
        country: query.country ?? identity.country,
        extensions: query.extensions ?? false,
        request: body,
      })
      const defaults = await organizations.defaultsOf(organizationId)
      const nowMs = clock.now()
      const id = uuidv7(nowMs)
      const person = contact ? variablesOf({ ...contact, contactId: contact.id }) : {}
      const plan = {
        id,
        ...of,
        lane: laneOf(id),
        to,
        from,
        contactId: contact?.id ?? null,
        flowId: flow.id,
        flowVersion: flow.version,
        flowName: flow.name,
        variables: { ...person, 'contact.phone': to, ...body.variables },
        ...times,
        callingHours: times.callingHours ?? defaults.callingHours,
        timezone: body.timezone ?? timezone,
        amd: body.amd ?? defaults.amd,
        expiresAtMs: body.expiresAt ? fromIso(body.expiresAt) : null,
        createdAtMs: nowMs,
      }
      const job = newJob(plan, body.startAt ? Math.max(nowMs, fromIso(body.startAt)) : nowMs)
      const response = await createOnce(database, request, async (tx) => {
        await insertJob(tx, job)
        await appendToOutbox(tx, outbox, [{ stream: 'PROGRAMS', laneKey: id, message: jobRequested(job, request.id) }])
        tx.afterCommit(() => jobAdded(queueOf(plan), dueAt(job) ?? nowMs))
        return toCallJob(job)
      })
      return reply.code(201).send(response)
    })

    app.get('/call-requests', { schema: ListJobs, config: read }, async (request, reply) => {
      const list = pagedList(request, reply, jobListOrder)
      const status = request.query.status as JobStatus | undefined
      const { jobs, total } = await database.snapshot(({ orm }) => listJobs(orm, jobsOf(request.identity), status, list.slice))
      return list.answer(jobs, total, toCallJob)
    })

    app.get('/call-requests/:jobId', { schema: GetJob, config: read }, async ({ identity, params: { jobId } }) => {
      const job = await findJob(database.orm, identity.organizationId, jobId)
      if (job?.plan.isTest !== jobsOf(identity).isTest) throw jobNotFound()
      return toCallJob(job)
    })

    app.delete('/call-requests/:jobId', { schema: CancelJob, config: change }, async ({ identity, params: { jobId } }, reply) => {
      await database.transaction(async (tx) => {
        const job = await lockJob(tx, jobsOf(identity), jobId)
        if (!job) throw jobNotFound()
        if (job.endedAtMs !== null) throw new DomainError('conflict', 'JobEndedError', `The job has ended already: it is ${statusOf(job)}`)
        const cancelled = cancelJob(job, clock.now())
        await writeJobs(tx, [cancelled])
        if (cancelled.endedAtMs === null) return
        await appendToOutbox(tx, outbox, [{ stream: 'PROGRAMS', laneKey: jobId, message: jobEnded(cancelled) }])
      })
      return reply.code(204).send(null)
    })
  }

/** Jobs of the request's own mode. */
function jobsOf({ organizationId, test }: Identity): JobsOf {
  return { organizationId, isTest: test === true }
}

function toCallJob(job: Job): CallJob {
  const { plan, contact, outcome, failureReason, endedAtMs } = job
  const dueAtMs = dueAt(job)
  return {
    jobId: plan.id,
    status: statusOf(job),
    failureReason,
    outcome,
    attempts: contact.attempt,
    nextAttemptAt: dueAtMs === null ? null : toIso(dueAtMs),
    to: plan.to,
    from: plan.from,
    contactId: plan.contactId,
    flowId: plan.flowId,
    flowVersion: plan.flowVersion,
    test: plan.isTest,
    createdAt: toIso(plan.createdAtMs),
    endedAt: endedAtMs === null ? null : toIso(endedAtMs),
  }
}

const insufficientCredits = () =>
  new DomainError('payment_required', 'InsufficientCreditsError', 'The organization has no credits. Add some, and request the call again')

const tooManyJobs = () =>
  new DomainError('too_many', 'TooManyRequestsError', `${liveJobsLimit} jobs of the organization have not ended. Wait until some have`)
