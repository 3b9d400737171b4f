import { fromIso } from '@carillon/contracts/instant'
import type { Outcome, RetryStrategy } from '@carillon/contracts/program'
import type { CompiledPauseWindows } from './pause-windows.ts'

/** Outcomes that are retried if the strategy has no `retryOn` (contract rule 17). */
const retriedByDefault: readonly Outcome[] = ['no_answer', 'busy', 'rejected', 'failed', 'voicemail']

/**
 * When a contact that was not reached is due again (epoch milliseconds), before pause windows and calling hours are applied; null if no
 * attempt is left.
 *
 * The delay of `fixed_delay` counts from the end of the failed call. `scheduled` takes the earliest date after that end: dates that have passed
 * are skipped, and do not cause a retry at once (contract rule 15). Each date allows one retry.
 *
 * @param attempt of the failed call: 1 for the first.
 * @param endedAtMs when the failed call ended, epoch milliseconds.
 * @throws RangeError for a retry date that is not an instant.
 */
export function nextAttemptAt(strategy: RetryStrategy, attempt: number, endedAtMs: number): number | null {
  if (attempt >= maxAttempts(strategy)) return null
  switch (strategy.type) {
    case 'none':
      return null
    case 'fixed_delay':
      return endedAtMs + Math.round(strategy.delayMinutes * 60_000)
    case 'scheduled': {
      const ahead = strategy.retryDates.map(fromIso).filter((dateMs) => dateMs > endedAtMs)
      return ahead.length === 0 ? null : Math.min(...ahead)
    }
  }
}

/** How often a contact is called at most, including the first attempt. */
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

/** Whether an outcome is retried (contract rule 17). `completed` is never retried, even if `retryOn` names it. */
export function isRetried(outcome: Outcome, retryOn: readonly Outcome[] = retriedByDefault): boolean {
  return outcome !== 'completed' && retryOn.includes(outcome)
}

/** A retry that is due inside a pause window waits for the end of the window (contract rule 15); null if the pause never ends. */
export function dueAfterPause(dueMs: number, windows: CompiledPauseWindows): number | null {
  const closure = windows.windowAt(dueMs)
  return closure === null ? dueMs : closure.endMs
}
