import { isRetried, nextAttemptAt } from '@carillon/calling-time/retry'
import type { SkipReason } from '@carillon/contracts/execution-contact'
import type { Outcome } from '@carillon/contracts/outcome'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'

/**
 * The state of a contact in an execution. `attempt` counts the calls that were ordered for it, without those that were never dialed.
 * `callId` is that of its last order: facts about any other call do not change the contact. Instants are epoch milliseconds.
 */
export type Contact = WaitingContact | OpenContact | DoneContact | SkippedContact

export interface WaitingContact {
  status: 'pending' | 'pending_retry'
  attempt: number
  dueAtMs: number
  callId: string | null
}
/** `queued`: a call is ordered; `calling`: it has started. */
export interface OpenContact {
  status: 'queued' | 'calling'
  attempt: number
  callId: string
}
export interface DoneContact {
  status: 'completed' | 'failed'
  attempt: number
  callId: string | null
}
export interface SkippedContact {
  status: 'skipped'
  attempt: number
  callId: string | null
  /** Null: skipped before the reason was kept. */
  skipReason: SkipReason | null
}

/** Decides whether and when a contact is called again. */
export interface RetryPolicy {
  strategy: RetryStrategy
  /** When a retry that is due then can be made: after a pause window (contract rule 15). */
  afterPause(dueAtMs: number): number
}

/** The end of a call, as far as it matters to the contact. */
export interface EndedCall {
  callId: string
  outcome: Outcome
  /** The number cannot be reached by trying again. */
  retryPointless: boolean
  endedAtMs: number
}

export interface NotDialedCall {
  callId: string
  reason: 'expired' | 'suppressed'
}

/** Orders the next call to a contact that waits for one. */
export function order(contact: WaitingContact, callId: string): OpenContact {
  return { status: 'queued', attempt: contact.attempt + 1, callId }
}

/*
 * How facts about calls change a contact. Each function returns the same object for a fact that is late, came twice or is about an
 * earlier attempt.
 */

export function afterCallStarted(contact: Contact, callId: string): Contact {
  if (contact.status !== 'queued' || contact.callId !== callId) return contact
  return { ...contact, status: 'calling' }
}

/** @param isLive whether the execution still calls. After its end calls run on, but there are no retries. */
export function afterCallEnded(contact: Contact, call: EndedCall, policy: RetryPolicy, isLive: boolean): Contact {
  if (!isOpen(contact) || contact.callId !== call.callId) return contact
  const { attempt, callId } = contact
  if (call.outcome === 'completed') return { status: 'completed', attempt, callId }
  const dueAtMs = isLive ? retryAt(attempt, call, policy) : null
  return dueAtMs === null ? { status: 'failed', attempt, callId } : { status: 'pending_retry', attempt, dueAtMs, callId }
}

/** An order that was never dialed is no attempt: the contact waits as before, or is skipped if it may not be called any more. */
export function afterNotDialed(contact: Contact, call: NotDialedCall, nowMs: number, isLive: boolean): Contact {
  if (contact.status !== 'queued' || contact.callId !== call.callId) return contact
  const attempt = contact.attempt - 1
  if (call.reason === 'suppressed') return { status: 'skipped', attempt, callId: null, skipReason: 'do_not_call' }
  if (!isLive) return { status: 'skipped', attempt, callId: null, skipReason: 'execution_ended' }
  return { status: attempt === 0 ? 'pending' : 'pending_retry', attempt, dueAtMs: nowMs, callId: null }
}

export function isOpen(contact: Contact): contact is OpenContact {
  return contact.status === 'queued' || contact.status === 'calling'
}

export function isWaiting(contact: Contact): contact is WaitingContact {
  return contact.status === 'pending' || contact.status === 'pending_retry'
}

function retryAt(attempt: number, call: EndedCall, policy: RetryPolicy): number | null {
  if (call.retryPointless || !isRetried(call.outcome, policy.strategy.retryOn)) return null
  const dueAtMs = nextAttemptAt(policy.strategy, attempt, call.endedAtMs, call.outcome)
  return dueAtMs === null ? null : policy.afterPause(dueAtMs)
}
