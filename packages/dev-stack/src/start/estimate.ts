import type { CompiledPauseWindows } from '@carillon/calling-time/pause-windows'
import { maxAttempts, nextAttemptAt } from '@carillon/calling-time/retry'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'

/** The calls of one attempt number so far. */
export interface AttemptProgress {
  attempted: number
  /** Calls that reached a person; these contacts are not called again. */
  reached: number
  /** When the last of them was started, epoch milliseconds. */
  lastStartedMs: number
}

export interface EstimateInput {
  nowMs: number
  /** Contacts that were not called yet, those that wait to be called again, and those that are being called. */
  contacts: { pending: number; pendingRetry: number; inProgress: number }
  /** By attempt number, the first at index 0. */
  attempts: readonly AttemptProgress[]
  /** How fast calls start while any are due, per second. */
  callsPerSecond: number
  retryStrategy: RetryStrategy
  windows: CompiledPauseWindows
}

/** The assumed length of a call. Retry delays count from its end. */
const callMs = 30_000

/**
 * When the execution will probably end (epoch milliseconds of platform time): each round of attempts continues at the pace so far, outside pause
 * windows, and reaches the same share of contacts. Null when calling never continues.
 */
export function estimateEnd(input: EstimateInput): number | null {
  const { nowMs, contacts, attempts, retryStrategy, windows } = input
  const waiting = waitingByRound(input)
  const missShare = missShareOf(attempts)
  let freeAtMs = nowMs
  let lastStartMs = nowMs
  let joining = contacts.pending // contacts that come to this round from the one before
  for (let attempt = 1; attempt <= maxAttempts(retryStrategy); attempt++) {
    const left = joining + (waiting[attempt - 1] ?? 0)
    const lastStartedMs = attempts[attempt - 1]?.lastStartedMs ?? lastStartMs
    if (left < 0.5) {
      lastStartMs = Math.min(nowMs, lastStartedMs)
      joining = 0
      continue
    }
    const dueMs = attempt === 1 ? nowMs : nextAttemptAt(retryStrategy, attempt - 1, lastStartMs + callMs)
    if (dueMs === null) break
    const workMs = input.callsPerSecond > 0 ? (left / input.callsPerSecond) * 1000 : 0
    // They fall due one after another, at the pace of the round before, unless a pause window collects them.
    const doneMs = afterWork(Math.max(freeAtMs, dueMs - workMs), workMs, windows)
    const lastDueMs = afterWork(Math.max(nowMs, dueMs), 0, windows)
    if (doneMs === null || lastDueMs === null) return null
    freeAtMs = doneMs
    lastStartMs = Math.max(doneMs, lastDueMs)
    joining = left * missShare
  }
  return Math.max(nowMs, lastStartMs + callMs)
}

/**
 * How many contacts wait for each attempt, the first at index 0 (none: they are `pending`). Contacts that an attempt missed wait for the next one, except
 * some that are not called again. These are subtracted from the oldest rounds, where no contact waits any more.
 */
function waitingByRound({ contacts, attempts, retryStrategy }: EstimateInput): number[] {
  const missed = attempts
    .slice(0, maxAttempts(retryStrategy) - 1)
    .map((attempt, index) => Math.max(0, attempt.attempted - attempt.reached - (attempts[index + 1]?.attempted ?? 0)))
  const all = missed.reduce((sum, contactsMissed) => sum + contactsMissed, 0)
  let notWaiting = Math.max(0, all - contacts.pendingRetry - contacts.inProgress)
  const waiting = missed.map((contactsMissed) => {
    const dropped = Math.min(contactsMissed, notWaiting)
    notWaiting -= dropped
    return contactsMissed - dropped
  })
  return [0, ...waiting]
}

function missShareOf(attempts: readonly AttemptProgress[]): number {
  const attempted = attempts.reduce((sum, attempt) => sum + attempt.attempted, 0)
  const reached = attempts.reduce((sum, attempt) => sum + attempt.reached, 0)
  return attempted === 0 ? 0.5 : 1 - reached / attempted
}

/** The instant at which work of this length is done when it stops in every pause window. */
function afterWork(fromMs: number, workMs: number, windows: CompiledPauseWindows): number | null {
  let atMs = fromMs
  let leftMs = workMs
  for (;;) {
    const closure = windows.windowAt(atMs)
    if (closure?.endMs === null) return null
    if (closure) atMs = closure.endMs
    const nextMs = windows.nextStart(atMs)
    if (nextMs === null || nextMs - atMs > leftMs) return atMs + leftMs
    leftMs -= nextMs - atMs
    atMs = nextMs
  }
}
