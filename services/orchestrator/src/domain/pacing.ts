import type { CompiledPauseWindows } from '@carillon/calling-time/pause-windows'
import { inProgress, waiting } from './contact-counts.ts'
import { type ExecutionPlan, type ExecutionState, isLive } from './execution.ts'

/** Contacts that one turn claims at most, so that its transaction stays short. */
export const claimLimit = 500

/** Each token allows one call to be started. */
export interface TokenBucket {
  tokens: number
  atMs: number
}

/** A new owner of a lane may start one call at once only: it does not know what the last owner started just before. */
export function newBucket(nowMs: number): TokenBucket {
  return { tokens: 1, atMs: nowMs }
}

/**
 * The bucket after the time that has passed. It holds the tokens of one real second, and at least one. So a late turn catches up, and a turn after a long
 * pause does not start a flood of calls.
 *
 * @param speed platform milliseconds in one real millisecond.
 */
export function refill(bucket: TokenBucket, callsPerSecond: number, speed: number, nowMs: number): TokenBucket {
  const size = Math.max(1, callsPerSecond * speed)
  const earned = (Math.max(0, nowMs - bucket.atMs) / 1000) * callsPerSecond
  return { tokens: Math.min(size, bucket.tokens + earned), atMs: nowMs }
}

/**
 * When to look again without a whole token: at the next token, or when a twentieth of a real second has earned more. A turn that happens earlier
 * for another reason takes the tokens that there are.
 */
export function nextTokensAt(bucket: TokenBucket, callsPerSecond: number, speed: number): number {
  const wanted = Math.max(1, (callsPerSecond * speed) / 20)
  return bucket.atMs + Math.ceil((Math.max(0, wanted - bucket.tokens) / callsPerSecond) * 1000)
}

/**
 * What a turn may do: claim contacts, or wait. `untilMs` of `Infinity` means until something happens to the execution, such as the end of
 * a call or a command.
 */
export type PacingDecision = { type: 'claim'; room: number; notBeforeMs: number; notAfterMs: number } | { type: 'wait'; untilMs: number }

export interface PacingInput {
  plan: ExecutionPlan
  state: ExecutionState
  windows: CompiledPauseWindows
  /** Refilled until now. Only read if the plan limits the start rate. */
  bucket: TokenBucket
  /** No waiting contact is due before this instant. */
  nextDueAtMs: number
  nowMs: number
  /** Platform milliseconds in one real millisecond. */
  speed: number
  /** How long an order may be dialed after it was made, in platform milliseconds. */
  orderValidityMs: number
}

/** How many calls to start now. */
export function decidePacing(input: PacingInput): PacingDecision {
  const { plan, state, windows, bucket, nextDueAtMs, nowMs, speed, orderValidityMs } = input
  if (state.status === 'scheduled') return wait(input, plan.scheduledStartAtMs)
  if (state.status !== 'running' || waiting(state.counts) === 0) return wait(input, Infinity)
  const closure = windows.windowAt(nowMs)
  if (closure) return wait(input, closure.endMs ?? Infinity)
  if (nextDueAtMs > nowMs) return wait(input, nextDueAtMs)
  const free = plan.maxConcurrentCalls - inProgress(state.counts)
  if (free <= 0) return wait(input, Infinity)
  const tokens = plan.callsPerSecond === null ? claimLimit : Math.floor(bucket.tokens)
  if (plan.callsPerSecond !== null && tokens < 1) return wait(input, nextTokensAt(bucket, plan.callsPerSecond, speed))
  const notAfterMs = Math.min(nowMs + orderValidityMs, windows.nextStart(nowMs) ?? Infinity, plan.scheduledStopAtMs ?? Infinity)
  // A process whose clock is wrong by more than the validity makes orders that the dial journal refuses.
  const notBeforeMs = Math.max(openSince(windows, nowMs - orderValidityMs, nowMs), plan.scheduledStartAtMs)
  return { type: 'claim', room: Math.min(free, tokens, claimLimit), notBeforeMs, notAfterMs }
}

/** The end of the last closure between two instants, or the earlier instant. The later one lies in no closure. */
function openSince(windows: CompiledPauseWindows, fromMs: number, nowMs: number): number {
  let sinceMs = fromMs
  let closure = windows.windowAt(fromMs)
  for (;;) {
    if (closure?.endMs != null) sinceMs = closure.endMs
    const nextMs = windows.nextStart(sinceMs)
    if (nextMs === null || nextMs > nowMs) return sinceMs
    closure = windows.windowAt(nextMs)
  }
}

/** A live execution waits no longer than until its stop. */
function wait({ plan, state }: PacingInput, untilMs: number): PacingDecision {
  return { type: 'wait', untilMs: isLive(state) ? Math.min(untilMs, plan.scheduledStopAtMs ?? Infinity) : untilMs }
}
