import type { AttemptBreakdown, EventBreakdown } from '@carillon/contracts/report'
import type { Breakdown, BreakdownFigures } from '../domain/breakdown.ts'

/** The total is shown as attempt 0. */
export function breakdownResponse({ perAttempt, total }: Breakdown): EventBreakdown {
  return { perAttempt: perAttempt.map((figures) => attemptResponse(figures.attempt, figures)), total: attemptResponse(0, total) }
}

function attemptResponse(attemptNumber: number, { counts, ...figures }: BreakdownFigures): AttemptBreakdown {
  return {
    attemptNumber,
    callsAttempted: counts.started,
    callsConnected: figures.connected,
    callsAnswered: counts.answered,
    callsVoicemail: counts.voicemail,
    callsNoAnswer: counts.noAnswer,
    callsFailed: figures.notConnected,
    callsCompleted: counts.flowCompleted,
    connectedPercentage: figures.connectedPercentage,
    answeredPercentage: figures.answeredPercentage,
    voicemailPercentage: figures.voicemailPercentage,
    noAnswerPercentage: figures.noAnswerPercentage,
    completedPercentage: figures.completedPercentage,
    averageDurationMs: figures.averageDurationMs,
  }
}
