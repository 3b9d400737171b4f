import { type CompiledPauseWindows, compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { dueAfterPause } from '@carillon/calling-time/retry'
import type { RetryPolicy } from './contact.ts'
import { type ContactHours, contactHours } from './contact-hours.ts'
import type { ExecutionPlan } from './execution.ts'

/** A plan, with its schedules compiled: made once, read in every turn. */
export interface ExecutionRules {
  readonly plan: ExecutionPlan
  readonly windows: CompiledPauseWindows
  readonly policy: RetryPolicy
  /** Null: contacts may be called at any hour. */
  readonly hours: ContactHours | null
}

export function compileRules(plan: ExecutionPlan): ExecutionRules {
  const windows = compilePauseWindows(plan.pauseWindows, plan.timezone)
  return {
    plan,
    windows,
    policy: {
      strategy: plan.retryStrategy,
      // In a pause without an end nobody is called anyway, so the due time does not matter.
      afterPause: (dueAtMs) => dueAfterPause(dueAtMs, windows) ?? dueAtMs,
    },
    hours: plan.callingHours && contactHours(plan.callingHours, plan.timezone),
  }
}
