import type { JobStatus } from '@carillon/contracts/call-request'
import { updateRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, count, eq, inArray } from 'drizzle-orm'
import { dueAt, type Job, statusOf } from '../domain/job.ts'
import { toContact } from './execution-contacts.ts'
import { callJobs } from './schema.ts'

type JobRow = typeof callJobs.$inferSelect

export async function insertJob(tx: Tx, job: Job): Promise<void> {
  const { expiresAtMs, createdAtMs, ...plan } = job.plan
  await tx.orm.insert(callJobs).values({ ...plan, expiresAt: dateOrNull(expiresAtMs), createdAt: new Date(createdAtMs), ...stateOf(job) })
}

/** Writes jobs back, each once. */
export async function writeJobs(tx: Tx, jobs: readonly Job[]): Promise<void> {
  const rows = jobs.map((job) => ({ id: job.plan.id, ...stateOf(job) }))
  await updateRows(tx, callJobs, rows, {
    key: ['id'],
    columns: [
      'id',
      'status',
      'jobStatus',
      'failureReason',
      'outcome',
      'attempt',
      'dueAt',
      'callId',
      'orderNotAfter',
      'isCancelled',
      'endedAt',
    ],
  })
}

/** These jobs by id, as far as they exist, locked until the transaction ends. */
export async function lockJobs(tx: Tx, ids: readonly string[]): Promise<Map<string, Job>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.orm
    .select()
    .from(callJobs)
    .where(inArray(callJobs.id, [...ids]))
    .orderBy(callJobs.id)
    .for('update')
  return new Map(rows.map((row) => [row.id, toJob(row)]))
}

/** Whose jobs are read, and of which mode. */
export interface JobsOf {
  organizationId: string
  isTest: boolean
}

const own = ({ organizationId, isTest }: JobsOf) => and(eq(callJobs.organizationId, organizationId), eq(callJobs.isTest, isTest))

export async function lockJob(tx: Tx, of: JobsOf, id: string): Promise<Job | undefined> {
  const [row] = await tx.orm
    .select()
    .from(callJobs)
    .where(and(own(of), eq(callJobs.id, id)))
    .for('update')
  return row && toJob(row)
}

/** A job of the organization, in any mode. */
export async function findJob(orm: Orm, organizationId: string, id: string): Promise<Job | undefined> {
  const [row] = await orm
    .select()
    .from(callJobs)
    .where(and(eq(callJobs.organizationId, organizationId), eq(callJobs.id, id)))
  return row && toJob(row)
}

export const jobListOrder = newestFirst<Job>([callJobs.id], ({ plan }) => [plan.id])

export async function listJobs(orm: Orm, of: JobsOf, status: JobStatus | undefined, slice: Slice): Promise<{ jobs: Job[]; total: number }> {
  const listed = and(own(of), status === undefined ? undefined : eq(callJobs.jobStatus, status))
  const rows = await orm
    .select()
    .from(callJobs)
    .where(and(listed, slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  const [counted] = await orm.select({ total: count() }).from(callJobs).where(listed)
  return { jobs: rows.map(toJob), total: counted?.total ?? 0 }
}

/** Whether so many jobs of the organization have not ended. */
export async function hasLiveJobs({ sql }: Pick<Database, 'sql'>, { organizationId, isTest }: JobsOf, atLeast: number): Promise<boolean> {
  const rows = await sql`
    select from call_jobs where organization_id = ${organizationId} and is_test = ${isTest} and ended_at is null offset ${atLeast - 1} limit 1`
  return rows.length > 0
}

const sweptRows = 5_000

/** Deletes jobs that ended long ago. Safe to run on several replicas at once, and to stop anywhere. */
export async function sweepJobs({ sql }: Database, keepDays: number): Promise<void> {
  for (let deleted = sweptRows; deleted === sweptRows; ) {
    const { count: some } = await sql`
      delete from call_jobs where id = any (array(
        select id from call_jobs where ended_at < clock_now() - make_interval(days => ${keepDays}) order by ended_at limit ${sweptRows} for update skip locked))`
    deleted = some
  }
}

function stateOf(job: Job) {
  const { contact, outcome, failureReason, orderNotAfterMs, isCancelled, endedAtMs } = job
  return {
    status: contact.status,
    jobStatus: statusOf(job),
    failureReason,
    outcome,
    attempt: contact.attempt,
    dueAt: dateOrNull(dueAt(job)),
    callId: contact.callId,
    orderNotAfter: dateOrNull(orderNotAfterMs),
    isCancelled,
    endedAt: dateOrNull(endedAtMs),
  }
}

export function toJob(row: JobRow): Job {
  const {
    expiresAt,
    createdAt,
    status,
    jobStatus,
    failureReason,
    outcome,
    attempt,
    dueAt,
    callId,
    orderNotAfter,
    isCancelled,
    endedAt,
    ...plan
  } = row
  const contact = toContact({ executionId: row.id, contactId: row.to, status, attempt, dueAt, callId, skipReason: null })
  return {
    plan: { ...plan, expiresAtMs: msOrNull(expiresAt), createdAtMs: createdAt.getTime() },
    contact,
    isCancelled,
    outcome,
    failureReason,
    orderNotAfterMs: msOrNull(orderNotAfter),
    endedAtMs: msOrNull(endedAt),
  }
}

const dateOrNull = (atMs: number | null) => (atMs === null ? null : new Date(atMs))
const msOrNull = (date: Date | null) => date?.getTime() ?? null
