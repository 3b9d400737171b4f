import type { CompiledPauseWindows } from '@carillon/calling-time/pause-windows'
import { inProgress, waiting } from './contact-counts.ts'
import { type ExecutionPlan, type ExecutionState, isLive } from './execution.ts'

/** Contacts that are claimed in one round, at most: one transaction stays short. */
export const claimLimit = 500

/** A token is a call that may be started now. */
export interface TokenBucket {
  tokens: number
  atMs: number
}

/** A lane that changes hands may not start more than one call at once: what its last owner started just now is not known. */
export function newBucket(nowMs: number): TokenBucket {
  return { tokens: 1, atMs: nowMs }
}

/**
 * The bucket after the time that has passed. It holds what one real second is worth, at least one token: a round that comes late makes up for it,
 * one that comes after a long pause does not start a flood.
 *
 * @param speed platform milliseconds in a real one.
 */
export function refill(bucket: TokenBucket, callsPerSecond: number, speed: number, nowMs: number): TokenBucket {
  const size = Math.max(1, callsPerSecond * speed)
  const earned = (Math.max(0, nowMs - bucket.atMs) / 1000) * callsPerSecond
  return { tokens: Math.min(size, bucket.tokens + earned), atMs: nowMs }
}

/**
 * When a round without tokens is worth its transaction again: at the next whole token, or once there is what a twentieth of a real second
 * earns. A round that happens before for another reason takes what there is.
 */
export function nextTokensAt(bucket: TokenBucket, callsPerSecond: number, speed: number): number {
  const wanted = Math.max(1, (callsPerSecond * speed) / 20)
  return bucket.atMs + Math.ceil((Math.max(0, wanted - bucket.tokens) / callsPerSecond) * 1000)
}

/**
 * What a round may do for an execution: claim contacts, or nothing before an instant. `Infinity`: nothing until something happens
 * to it, be it a call's end or a command.
 */
export type PacingDecision = { type: 'claim'; room: number; notAfterMs: number } | { type: 'wait'; untilMs: number }

export interface PacingInput {
  plan: ExecutionPlan
  state: ExecutionState
  windows: CompiledPauseWindows
  /** Refilled; read only where the plan limits the start rate. */
  bucket: TokenBucket
  /** The earliest instant at which a waiting contact may be due, as far as is known. */
  nextDueAtMs: number
  nowMs: number
  /** Platform milliseconds in a real one. */
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
  return { type: 'claim', room: Math.min(free, tokens, claimLimit), notAfterMs }
}

/** An execution that has not ended is stopped in time, whatever it waits for. */
function wait({ plan, state }: PacingInput, untilMs: number): PacingDecision {
  return { type: 'wait', untilMs: isLive(state) ? Math.min(untilMs, plan.scheduledStopAtMs ?? Infinity) : untilMs }
}
