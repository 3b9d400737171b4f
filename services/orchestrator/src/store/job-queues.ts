import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, eq, isNotNull, lte, type SQL } from 'drizzle-orm'
import type { Job } from '../domain/job.ts'
import { toJob } from './call-jobs.ts'
import { callJobs } from './schema.ts'

/** The jobs of an organization and a mode that wait, in a lane. */
export interface JobQueue {
  lane: number
  organizationId: string
  isTest: boolean
}

/** The queue that a job waits in. */
export const queueOf = ({ lane, organizationId, isTest }: JobQueue): JobQueue => ({ lane, organizationId, isTest })

/** Every queue in which a job waits, with when its first job is due. One look into the index for each queue, however many jobs it has. */
export async function listQueues({ sql }: Database): Promise<(JobQueue & { dueAtMs: number })[]> {
  const rows = await sql<(JobQueue & { dueAt: Date })[]>`
    with recursive queue (lane, organization_id, is_test) as (
      (select lane, organization_id, is_test from call_jobs where due_at is not null order by lane, organization_id, is_test limit 1)
      union all
      select next.* from queue cross join lateral (
        select lane, organization_id, is_test from call_jobs
        where due_at is not null and (lane, organization_id, is_test) > (queue.lane, queue.organization_id, queue.is_test)
        order by lane, organization_id, is_test limit 1
      ) as next
    )
    select lane, organization_id as "organizationId", is_test as "isTest", (
      select min(due_at) from call_jobs job
      where due_at is not null and job.lane = queue.lane and job.organization_id = queue.organization_id and job.is_test = queue.is_test
    ) as "dueAt" from queue`
  return rows.map(({ dueAt, ...queue }) => ({ ...queue, dueAtMs: dueAt.getTime() }))
}

/** When the first order of each lane that nothing has answered ends. */
export async function firstOrders({ sql }: Database): Promise<Map<number, number>> {
  const rows = await sql<{ lane: number; notAfter: Date }[]>`
    select lane, min(order_not_after) as "notAfter" from call_jobs where status = 'queued' group by lane`
  return new Map(rows.map(({ lane, notAfter }) => [lane, notAfter.getTime()]))
}

/** How many calls of an organization's jobs are ordered or go on. Until the transaction ends nobody else counts them to order more. */
export async function countOpenCalls({ sql }: Tx, { organizationId, isTest }: JobQueue): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`call jobs of ${organizationId} ${isTest}`}, 0))`
  const [row] = await sql<{ open: number }[]>`
    select count(*)::integer as open from call_jobs
    where organization_id = ${organizationId} and is_test = ${isTest} and status in ('queued', 'calling')`
  return row?.open ?? 0
}

/** Jobs that are due, the first first, locked. A job that a command holds is left out. */
export async function lockDueJobs(tx: Tx, queue: JobQueue, nowMs: number, limit: number): Promise<Job[]> {
  return lock(
    tx,
    and(isIn(queue), isNotNull(callJobs.dueAt), lte(callJobs.dueAt, new Date(nowMs))),
    [asc(callJobs.dueAt), asc(callJobs.id)],
    limit,
  )
}

/** Jobs whose time is over, whether they could be called or not. */
export async function lockExpiredJobs(tx: Tx, queue: JobQueue, nowMs: number, limit: number): Promise<Job[]> {
  const isExpired = and(isNotNull(callJobs.expiresAt), lte(callJobs.expiresAt, new Date(nowMs)))
  return lock(tx, and(isIn(queue), isNotNull(callJobs.dueAt), isExpired), [asc(callJobs.expiresAt)], limit)
}

/** Jobs whose order nothing has answered although its time ended at or before an instant. */
export async function lockOverdueJobs(tx: Tx, lane: number, beforeMs: number, limit: number): Promise<Job[]> {
  const isOverdue = and(eq(callJobs.status, 'queued'), lte(callJobs.orderNotAfter, new Date(beforeMs)))
  return lock(tx, and(eq(callJobs.lane, lane), isOverdue), [asc(callJobs.orderNotAfter)], limit)
}

const isIn = ({ lane, organizationId, isTest }: JobQueue) =>
  and(eq(callJobs.lane, lane), eq(callJobs.organizationId, organizationId), eq(callJobs.isTest, isTest))

async function lock(tx: Tx, where: SQL | undefined, orderBy: SQL[], limit: number): Promise<Job[]> {
  const rows = await tx.orm
    .select()
    .from(callJobs)
    .where(where)
    .orderBy(...orderBy)
    .limit(limit)
    .for('update', { skipLocked: true })
  return rows.map(toJob)
}
