import { meanMs, percentage } from '@carillon/money/ratio'
import { type AttemptStats, type CallCounts, connectedCalls, sumOfCalls } from './attempt-stats.ts'

/** The figures of some calls. Percentages relate to all of them. */
export interface BreakdownFigures {
  readonly counts: CallCounts
  readonly connected: number
  /** Busy, rejected and failed (contract rule 7). */
  readonly notConnected: number
  readonly connectedPercentage: number
  readonly answeredPercentage: number
  readonly voicemailPercentage: number
  readonly noAnswerPercentage: number
  readonly completedPercentage: number
  /** Mean duration of the connected calls; 0 if there are none. */
  readonly averageDurationMs: number
}

/** The calls of an execution by attempt number, lowest first, and in total. */
export interface Breakdown {
  readonly perAttempt: readonly (BreakdownFigures & { readonly attempt: number })[]
  readonly total: BreakdownFigures
}

export function breakdownOf(attempts: readonly AttemptStats[]): Breakdown {
  const inOrder = [...attempts].sort((a, b) => a.attempt - b.attempt)
  return {
    perAttempt: inOrder.map((stats) => ({ attempt: stats.attempt, ...figuresOf(stats) })),
    total: figuresOf(sumOfCalls(attempts)),
  }
}

function figuresOf(counts: CallCounts): BreakdownFigures {
  const connected = connectedCalls(counts)
  const share = (calls: number) => percentage(calls, counts.started)
  return {
    counts,
    connected,
    notConnected: counts.busy + counts.rejected + counts.failed,
    connectedPercentage: share(connected),
    answeredPercentage: share(counts.answered),
    voicemailPercentage: share(counts.voicemail),
    noAnswerPercentage: share(counts.noAnswer),
    completedPercentage: share(counts.flowCompleted),
    averageDurationMs: meanMs(counts.connectedDurationMs, connected),
  }
}
