import { type CompiledPauseWindows, compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { dueAfterPause } from '@carillon/calling-time/retry'
import type { RetryPolicy } from './contact.ts'
import { type ContactHours, contactHours } from './contact-hours.ts'
import type { ExecutionPlan } from './execution.ts'

/** When calls are made, and made again. */
export type CallTimes = Pick<ExecutionPlan, 'retryStrategy' | 'pauseWindows' | 'callingHours' | 'timezone'>

/** The same, compiled. */
export interface CallSchedule {
  readonly windows: CompiledPauseWindows
  readonly policy: RetryPolicy
  /** Null: contacts may be called at any hour. */
  readonly hours: ContactHours | null
}

/** A plan, with its schedules compiled: made once, read in every turn. */
export interface ExecutionRules extends CallSchedule {
  readonly plan: ExecutionPlan
}

export const compileRules = (plan: ExecutionPlan): ExecutionRules => ({ plan, ...compileSchedule(plan) })

export function compileSchedule({ retryStrategy, pauseWindows, callingHours, timezone }: CallTimes): CallSchedule {
  const windows = compilePauseWindows(pauseWindows, timezone)
  return {
    windows,
    policy: {
      strategy: retryStrategy,
      // In a pause without an end nobody is called anyway, so the due time does not matter.
      afterPause: (dueAtMs) => dueAfterPause(dueAtMs, windows) ?? dueAtMs,
    },
    hours: callingHours && contactHours(callingHours, timezone),
  }
}
