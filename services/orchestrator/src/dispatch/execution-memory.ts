import { type CompiledPauseWindows, compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { dueAfterPause } from '@carillon/calling-time/retry'
import type { RetryPolicy } from '../domain/contact.ts'
import { type ContactHours, contactHours } from '../domain/contact-hours.ts'
import type { ExecutionPlan } from '../domain/execution.ts'
import { newBucket, type TokenBucket } from '../domain/pacing.ts'
import type { QueueCursor } from '../store/execution-contacts.ts'
import { OpenOrders } from './open-orders.ts'

/**
 * What a lane's owner knows of an execution beside its row: all of it can be lost, and is, when the lane changes hands. It is replaced
 * only once the round that found it out has committed.
 */
export interface Outlook {
  /** Of the execution's last event that this lane saw. */
  revision: number
  bucket: TokenBucket
  /** Null: the queue of first attempts is read from its beginning. */
  cursor: QueueCursor | null
  /** Nobody who waits is due before. */
  nextDueAtMs: number
  /** When the next round is worth its transaction, if nothing happens before. */
  nextLookAtMs: number
  /** Contacts are due and the pool has no active DID, or none is known yet. */
  needsDids: boolean
  /** Ended, and the row of everybody who was skipped says so. */
  isSwept: boolean
  isSettled: boolean
}

export interface ExecutionMemory {
  readonly plan: ExecutionPlan
  readonly windows: CompiledPauseWindows
  readonly policy: RetryPolicy
  readonly hours: ContactHours | null
  readonly orders: OpenOrders
  outlook: Outlook
}

/** What is known of an execution that this lane sees for the first time. */
export function newMemory(plan: ExecutionPlan, nowMs: number, orderValidityMs: number): ExecutionMemory {
  const windows = compilePauseWindows(plan.pauseWindows, plan.timezone)
  return {
    plan,
    windows,
    policy: {
      strategy: plan.retryStrategy,
      // In a pause that never ends nobody is called, whenever they are due.
      afterPause: (dueAtMs) => dueAfterPause(dueAtMs, windows) ?? dueAtMs,
    },
    hours: plan.callingHours && contactHours(plan.callingHours, plan.timezone),
    orders: new OpenOrders(nowMs, orderValidityMs),
    outlook: {
      revision: 0,
      bucket: newBucket(nowMs),
      cursor: null,
      nextDueAtMs: -Infinity,
      nextLookAtMs: -Infinity,
      needsDids: false,
      isSwept: false,
      isSettled: false,
    },
  }
}
