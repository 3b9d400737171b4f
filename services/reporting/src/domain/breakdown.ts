import type { AttemptBreakdown, EventBreakdown } from '@carillon/contracts/report'
import { meanMs, percentage } from '@carillon/money/ratio'
import { type AttemptStats, type CallCounts, connectedCalls, sumOfCalls } from './attempt-stats.ts'

/** The calls of an execution by attempt number, and in total as attempt 0. */
export function breakdownReport(attempts: readonly AttemptStats[]): EventBreakdown {
  const inOrder = [...attempts].sort((a, b) => a.attempt - b.attempt)
  return {
    perAttempt: inOrder.map((stats) => attemptBreakdown(stats.attempt, stats)),
    total: attemptBreakdown(0, sumOfCalls(attempts)),
  }
}

function attemptBreakdown(attemptNumber: number, counts: CallCounts): AttemptBreakdown {
  const connected = connectedCalls(counts)
  const share = (calls: number) => percentage(calls, counts.started)
  return {
    attemptNumber,
    callsAttempted: counts.started,
    callsConnected: connected,
    callsAnswered: counts.answered,
    callsVoicemail: counts.voicemail,
    callsNoAnswer: counts.noAnswer,
    // Spec ruling 7.
    callsFailed: counts.busy + counts.rejected + counts.failed,
    callsCompleted: counts.flowCompleted,
    connectedPercentage: share(connected),
    answeredPercentage: share(counts.answered),
    voicemailPercentage: share(counts.voicemail),
    noAnswerPercentage: share(counts.noAnswer),
    completedPercentage: share(counts.flowCompleted),
    averageDurationMs: meanMs(counts.connectedDurationMs, connected),
  }
}
