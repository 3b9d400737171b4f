import { firstOpen } from '@carillon/calling-time/open-time'
import type { JobFailure, JobStatus } from '@carillon/contracts/call-request'
import type { Outcome } from '@carillon/contracts/outcome'
import type { CallFact } from './call-facts.ts'
import { afterFact } from './call-facts.ts'
import { type Contact, isWaiting, order, type WaitingContact } from './contact.ts'
import type { CallSchedule, CallTimes } from './execution-rules.ts'

type Scalar = string | number | boolean | null

/** What a request asked for. Instants are epoch milliseconds. */
export interface JobPlan extends CallTimes {
  id: string
  organizationId: string
  isTest: boolean
  /** Of the events of its calls. */
  lane: number
  to: string
  from: string
  contactId: string | null
  flowId: string
  flowVersion: number
  flowName: string
  variables: Record<string, Scalar>
  amd: boolean | null
  /** No call is started from then on. */
  expiresAtMs: number | null
  createdAtMs: number
}

/** A request to call one number, and how far it has come. The number goes through the states of a contact of an execution. */
export interface Job {
  plan: JobPlan
  contact: Contact
  isCancelled: boolean
  /** Of its last call. */
  outcome: Outcome | null
  failureReason: JobFailure | null
  /** Until when its last order may be dialed. */
  orderNotAfterMs: number | null
  endedAtMs: number | null
}

export function newJob(plan: JobPlan, startAtMs: number): Job {
  const contact: Contact = { status: 'pending', attempt: 0, dueAtMs: startAtMs, callId: null }
  return { plan, contact, isCancelled: false, outcome: null, failureReason: null, orderNotAfterMs: null, endedAtMs: null }
}

export function statusOf({ contact, endedAtMs }: Job): JobStatus {
  if (endedAtMs !== null) return contact.status === 'completed' ? 'completed' : 'failed'
  return contact.attempt === 0 ? 'queued' : 'active'
}

/** When a waiting job must be looked at: when its number is due, or when it expires before; null while it does not wait. */
export function dueAt({ plan: { expiresAtMs }, contact }: Job): number | null {
  return isWaiting(contact) ? Math.min(contact.dueAtMs, expiresAtMs ?? Infinity) : null
}

/** The same job for a fact that is late, came twice or is about an earlier call. */
export function afterJobFact(job: Job, fact: CallFact, { policy }: CallSchedule, nowMs: number): Job {
  const contact = afterFact(job.contact, fact, policy, !job.isCancelled, nowMs)
  if (contact === job.contact) return job
  const outcome = fact.type === 'call.ended' ? fact.data.outcome : job.outcome
  return settled({ ...job, contact, outcome }, nowMs)
}

/** A call that is ordered or goes on runs to its end, and none follows it. A job that waits ends at once. */
export function cancelJob(job: Job, nowMs: number): Job {
  const cancelled = { ...job, isCancelled: true }
  return isWaiting(job.contact) ? ended(cancelled, job.contact, 'cancelled', nowMs) : cancelled
}

/** What a turn of a waiting job has to know. */
export interface JobTurn {
  nowMs: number
  /** How long an order may be dialed, in platform milliseconds. */
  validityMs: number
  /** The number is in the do-not-call list. */
  isListed: boolean
  newCallId(): string
}

/** A job that is due: it is ordered, waits until its number may be called, or ends because it never may. */
export function takeTurn(job: Job, contact: WaitingContact, schedule: CallSchedule, turn: JobTurn): { job: Job; isOrdered: boolean } {
  const { nowMs, validityMs, isListed } = turn
  const { expiresAtMs, to } = job.plan
  const end = (reason: JobFailure) => ({ job: ended(job, contact, reason, nowMs), isOrdered: false })
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return end('expired')
  if (isListed) return end('do_not_call')
  const openAtMs = nextOpen(schedule, to, nowMs)
  if (openAtMs === null) return end('calling_hours')
  if (openAtMs > nowMs) return { job: { ...job, contact: { ...contact, dueAtMs: openAtMs } }, isOrdered: false }
  const latestMs = Math.min(nowMs + validityMs, expiresAtMs ?? Infinity, schedule.windows.nextStart(nowMs) ?? Infinity)
  const orderNotAfterMs = schedule.hours ? schedule.hours.openUntil(to, nowMs, latestMs) : latestMs
  return { job: { ...job, contact: order(contact, turn.newCallId()), orderNotAfterMs }, isOrdered: true }
}

/** Windows and hours may push each other on only so often: a year has less than a thousand days. */
const maxSteps = 1_000

/** When the number may be called next; null: never. */
function nextOpen({ windows, hours }: CallSchedule, to: string, fromMs: number): number | null {
  let atMs = fromMs
  for (let step = 0; step < maxSteps; step++) {
    const afterPauseMs = firstOpen(windows, atMs)
    if (afterPauseMs === null) return null
    const openMs = hours ? hours.nextOpen(to, afterPauseMs) : afterPauseMs
    if (openMs === null || openMs === atMs) return openMs
    atMs = openMs
  }
  return null
}

/** Ends a job whose number is not called any more. */
function settled(job: Job, nowMs: number): Job {
  const { contact, isCancelled } = job
  switch (contact.status) {
    case 'completed':
      return { ...job, endedAtMs: nowMs }
    case 'failed':
      return { ...job, endedAtMs: nowMs, failureReason: isCancelled ? 'cancelled' : 'not_reached' }
    case 'skipped':
      return { ...job, endedAtMs: nowMs, failureReason: contact.skipReason === 'do_not_call' ? 'do_not_call' : 'cancelled' }
    default:
      return job
  }
}

function ended(job: Job, { attempt, callId }: WaitingContact, failureReason: JobFailure, nowMs: number): Job {
  return { ...job, contact: { status: 'failed', attempt, callId }, failureReason, endedAtMs: nowMs }
}
