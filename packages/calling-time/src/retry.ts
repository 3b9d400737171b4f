import type { Outcome, RetryStrategy } from '@carillon/contracts/program'
import { epochMs } from './instant-text.ts'
import type { CompiledPauseWindows } from './pause-windows.ts'

/** Outcomes that are tried again where the strategy names none (contract rule 17). */
const retriedByDefault: readonly Outcome[] = ['no_answer', 'busy', 'rejected', 'failed', 'voicemail']

/**
 * When a contact that was not reached is due again, before pause windows and calling hours; null where no attempt is left.
 *
 * `fixed_delay` counts from the end of the failed call; `scheduled` takes the earliest date that still lies ahead: dates that
 * passed meanwhile are skipped, never fired at once (contract rule 15). Each date serves one retry.
 *
 * @param attempt of the call that failed: 1 for the first.
 * @param endedAtMs when it ended, epoch milliseconds; so is the answer.
 */
export function nextAttemptAt(strategy: RetryStrategy, attempt: number, endedAtMs: number): number | null {
  if (attempt >= maxAttempts(strategy)) return null
  switch (strategy.type) {
    case 'none':
      return null
    case 'fixed_delay':
      return endedAtMs + Math.round(strategy.delayMinutes * 60_000)
    case 'scheduled': {
      const ahead = strategy.retryDates.map(epochMs).filter((dateMs) => dateMs > endedAtMs)
      return ahead.length === 0 ? null : Math.min(...ahead)
    }
  }
}

/** How often a contact is called at most, the first attempt included. */
export function maxAttempts(strategy: RetryStrategy): number {
  switch (strategy.type) {
    case 'none':
      return 1
    case 'fixed_delay':
      return 1 + strategy.maxRetries
    case 'scheduled':
      return 1 + strategy.retryDates.length
  }
}

/** Whether an outcome is tried again (contract rule 17). `completed` never is, even where `retryOn` names it. */
export function isRetried(outcome: Outcome, retryOn: readonly Outcome[] = retriedByDefault): boolean {
  return outcome !== 'completed' && retryOn.includes(outcome)
}

/** A retry that falls due inside a pause window waits for its end (contract rule 15); null where the pause never ends. */
export function dueAfterPause(dueMs: number, windows: CompiledPauseWindows): number | null {
  const closure = windows.windowAt(dueMs)
  return closure === null ? dueMs : closure.endMs
}
