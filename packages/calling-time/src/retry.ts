import { fromIso } from '@carillon/contracts/instant'
import type { Outcome } from '@carillon/contracts/outcome'
import { type RetryStrategy, retriableOutcomes } from '@carillon/contracts/retry-strategy'
import type { CompiledPauseWindows } from './pause-windows.ts'

type FixedDelay = Extract<RetryStrategy, { type: 'fixed_delay' }>

/**
 * When a contact that was not reached is due again (epoch milliseconds), before pause windows and calling hours are applied; null if no
 * attempt is left.
 *
 * The delay of `fixed_delay` counts from the end of the failed call; it is that of the call's outcome in `delayByOutcome`, or else `delayMinutes`. `scheduled` takes the earliest date after that end: dates that have passed
 * are skipped, and do not cause a retry at once (contract rule 15). Each date allows one retry.
 *
 * @param attempt of the failed call: 1 for the first.
 * @param endedAtMs when the failed call ended, epoch milliseconds.
 * @param outcome of the failed call. If it is not known yet, `delayMinutes` counts.
 * @throws RangeError for a retry date that is not an instant.
 */
export function nextAttemptAt(strategy: RetryStrategy, attempt: number, endedAtMs: number, outcome?: Outcome): number | null {
  if (attempt >= maxAttempts(strategy)) return null
  switch (strategy.type) {
    case 'none':
      return null
    case 'fixed_delay':
      return endedAtMs + Math.round(delayMinutesAfter(strategy, outcome) * 60_000)
    case 'scheduled': {
      const ahead = strategy.retryDates.map(fromIso).filter((dateMs) => dateMs > endedAtMs)
      return ahead.length === 0 ? null : Math.min(...ahead)
    }
  }
}

function delayMinutesAfter({ delayMinutes, delayByOutcome = {} }: FixedDelay, outcome: Outcome | undefined): number {
  return (outcome === undefined || outcome === 'completed' ? undefined : delayByOutcome[outcome]) ?? delayMinutes
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

/** Whether an outcome is retried (contract rule 17): without `retryOn` each is that can be. `completed` is never retried, even if `retryOn` names it. */
export function isRetried(outcome: Outcome, retryOn: readonly Outcome[] = retriableOutcomes): boolean {
  return outcome !== 'completed' && retryOn.includes(outcome)
}

/** A retry that is due inside a pause window waits for the end of the window (contract rule 15); null if the pause never ends. */
export function dueAfterPause(dueMs: number, windows: CompiledPauseWindows): number | null {
  const closure = windows.windowAt(dueMs)
  return closure === null ? dueMs : closure.endMs
}
