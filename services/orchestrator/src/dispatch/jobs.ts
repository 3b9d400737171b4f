import { appendToOutbox, type OutboxMessage } from '@carillon/service-kit/messaging/outbox'
import type { GuardedTransaction } from '@carillon/service-kit/messaging/projection'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { CallFact } from '../domain/call-facts.ts'
import { isWaiting } from '../domain/contact.ts'
import { afterJobFact, type Job, takeTurn } from '../domain/job.ts'
import { jobEnded, jobOrder } from '../domain/job-messages.ts'
import { hasCredits } from '../store/balances.ts'
import { lockJobs, writeJobs } from '../store/call-jobs.ts'
import { findDncNumbers } from '../store/dnc-numbers.ts'
import {
  countOpenCalls,
  firstOrders,
  type JobQueue,
  listQueues,
  lockDueJobs,
  lockExpiredJobs,
  lockOverdueJobs,
  queueOf,
} from '../store/job-queues.ts'
import { jobSchedules } from './job-schedules.ts'

export interface JobOptions {
  deps: Pick<ServiceDeps, 'database' | 'outbox' | 'clock' | 'every' | 'logger'>
  /** Calls of an organization's jobs that are ordered or go on at once, in each mode. */
  maxConcurrentCalls: number
  /** How long an order may be dialed after it was made, in real milliseconds. */
  orderValidityMs: number
  newCallId(nowMs: number): string
}

/** Orders the calls of jobs, and follows them. The lane of a job's calls is the only one that orders them; a command may change a job under its row lock. */
export interface Jobs {
  apply(tx: Tx, facts: readonly CallFact[]): Promise<void>
  tick(lane: number, guarded: GuardedTransaction): Promise<void>
  /** A job that was just requested: its lane learns of it at once. */
  added(queue: JobQueue, dueAtMs: number): void
}

const readMs = 500
/** Queues that one transaction orders from, jobs whose time is over that it ends, and orders that it sends again, at most. */
const queueLimit = 20
const expiredLimit = 500
const resendLimit = 100

export function jobs({ deps, maxConcurrentCalls, orderValidityMs, newCallId }: JobOptions): Jobs {
  const { database, outbox, clock, every, logger } = deps
  const validityMs = orderValidityMs * clock.speed
  const scheduleOf = jobSchedules()
  /** When to look at each queue, by lane; and at the orders of each lane. */
  let queues = new Map<number, Map<string, JobQueue & { dueAtMs: number }>>()
  let orders = new Map<number, number>()

  every({
    name: 'read the queues of jobs',
    intervalMs: readMs,
    startsNow: true,
    async work() {
      const [read, first] = [await listQueues(database), await firstOrders(database)]
      queues = new Map()
      orders = first
      for (const queue of read) look(queue, queue.dueAtMs)
    },
  })

  function look(queue: JobQueue, dueAtMs: number): void {
    const inLane = queues.get(queue.lane) ?? new Map<string, JobQueue & { dueAtMs: number }>()
    const key = `${queue.organizationId} ${queue.isTest}`
    inLane.set(key, { ...queue, dueAtMs: Math.min(dueAtMs, inLane.get(key)?.dueAtMs ?? Infinity) })
    queues.set(queue.lane, inLane)
  }

  /** Takes the queues of a lane that are due. They come back with the next reading. */
  function takeDue(lane: number, nowMs: number): JobQueue[] {
    const inLane = queues.get(lane)
    const due = [...(inLane ?? [])].filter(([, { dueAtMs }]) => dueAtMs <= nowMs).slice(0, queueLimit)
    for (const [key] of due) inLane?.delete(key)
    // In the same order everywhere, so that two lanes do not wait for each other.
    return due.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, queue]) => queue)
  }

  async function orderFrom(tx: Tx, queue: JobQueue, nowMs: number): Promise<{ changed: Job[]; ordered: Job[] }> {
    const expired = await lockExpiredJobs(tx, queue, nowMs, expiredLimit)
    const ended = expired.map((job) => turnOf(job, nowMs, new Set()).job)
    if (ended.length > 0) await writeJobs(tx, ended)
    if (!queue.isTest && !(await hasCredits(tx, queue.organizationId))) return { changed: ended, ordered: [] }
    const room = maxConcurrentCalls - (await countOpenCalls(tx, queue))
    const due = room > 0 ? await lockDueJobs(tx, queue, nowMs, room) : []
    const phones = due.map(({ plan }) => plan.to)
    const doNotCall = await findDncNumbers(tx, queue.organizationId, phones, nowMs)
    const turns = due.map((job) => turnOf(job, nowMs, doNotCall))
    const changed = turns.map(({ job }) => job)
    await writeJobs(tx, changed)
    const ordered = turns.flatMap(({ job, isOrdered }) => (isOrdered ? [job] : []))
    // There is room left, and others may be due.
    if (due.length === room && ordered.length < room) tx.afterCommit(() => look(queue, nowMs))
    return { changed: [...ended, ...changed], ordered }
  }

  function turnOf(job: Job, nowMs: number, doNotCall: ReadonlySet<string>): { job: Job; isOrdered: boolean } {
    if (!isWaiting(job.contact)) return { job, isOrdered: false }
    const turn = { nowMs, validityMs, isListed: doNotCall.has(job.plan.to), newCallId: () => newCallId(nowMs) }
    return takeTurn(job, job.contact, scheduleOf(job.plan), turn)
  }

  /** Orders that nothing has answered for a validity after their end were lost on their way. */
  async function sendOverdueAgain(tx: Tx, lane: number, nowMs: number): Promise<OutboxMessage[]> {
    const overdue = await lockOverdueJobs(tx, lane, nowMs - validityMs, resendLimit)
    if (overdue.length === 0) return []
    logger.warn({ lane, orders: overdue.length }, 'orders of jobs without an answer sent again')
    await writeJobs(
      tx,
      overdue.map((job) => ({ ...job, orderNotAfterMs: nowMs })),
    )
    return overdue.map((job) => {
      const notAfterMs = job.orderNotAfterMs ?? nowMs
      return { stream: 'DIAL', laneKey: job.plan.id, message: { ...jobOrder(job, notAfterMs), id: `${job.contact.callId}:again:${nowMs}` } }
    })
  }

  const endsOf = (changed: readonly Job[]): OutboxMessage[] =>
    changed.flatMap((job) => (job.endedAtMs === null ? [] : [{ stream: 'PROGRAMS', laneKey: job.plan.id, message: jobEnded(job) }]))

  return {
    async apply(tx, facts) {
      const known = await lockJobs(tx, [...new Set(facts.flatMap(({ data }) => data.jobId ?? []))])
      if (known.size === 0) return
      const nowMs = clock.now()
      const changed = new Map<string, Job>()
      for (const fact of facts) {
        const id = fact.data.jobId ?? ''
        const job = changed.get(id) ?? known.get(id)
        if (!job) continue
        const after = afterJobFact(job, fact, scheduleOf(job.plan), nowMs)
        if (after !== job) changed.set(id, after)
      }
      const written = [...changed.values()]
      await writeJobs(tx, written)
      await appendToOutbox(tx, outbox, endsOf(written))
      tx.afterCommit(() => {
        // A call that has ended makes room.
        for (const { plan, contact } of written)
          if (contact.status !== 'calling') look(queueOf(plan), isWaiting(contact) ? contact.dueAtMs : nowMs)
      })
    },
    async tick(lane, guarded) {
      const nowMs = clock.now()
      const hasOverdue = (orders.get(lane) ?? Infinity) <= nowMs - validityMs
      const due = takeDue(lane, nowMs)
      if (due.length === 0 && !hasOverdue) return
      orders.delete(lane)
      await guarded(async (tx) => {
        const messages = hasOverdue ? await sendOverdueAgain(tx, lane, nowMs) : []
        for (const queue of due) {
          const { changed, ordered } = await orderFrom(tx, queue, nowMs)
          messages.push(...endsOf(changed))
          messages.push(...ordered.map((job) => ({ stream: 'DIAL' as const, laneKey: job.plan.id, message: jobOrder(job, nowMs) })))
        }
        await appendToOutbox(tx, outbox, messages)
      })
    },
    added: look,
  }
}
