import type { FlowOutcome, Outcome } from '@carillon/contracts/program'

/** Numbers of calls by outcome. A call that is still going on counts in `started` alone. */
export interface CallCounts {
  started: number
  answered: number
  voicemail: number
  noAnswer: number
  busy: number
  rejected: number
  failed: number
  /** Calls whose flow outcome is `completed`, whatever their outcome (contract rule 6). */
  flowCompleted: number
  /** The sum of the durations of answered calls and voicemails, each from answer to end. */
  connectedDurationMs: number
}

/** The counts of one attempt number of an execution. */
export interface AttemptStats extends CallCounts {
  readonly executionId: string
  /** 1, 2, 3… */
  readonly attempt: number
}

export function noCalls(): CallCounts {
  return {
    started: 0,
    answered: 0,
    voicemail: 0,
    noAnswer: 0,
    busy: 0,
    rejected: 0,
    failed: 0,
    flowCompleted: 0,
    connectedDurationMs: 0,
  }
}

const counterOf = {
  completed: 'answered',
  voicemail: 'voicemail',
  no_answer: 'noAnswer',
  busy: 'busy',
  rejected: 'rejected',
  failed: 'failed',
} as const satisfies Record<Outcome, keyof CallCounts>

/** Counts the end of a call. Its start is counted separately. */
export function countEnd(counts: CallCounts, end: { outcome: Outcome; flowOutcome: FlowOutcome; durationMs: number | null }): void {
  counts[counterOf[end.outcome]]++
  if (end.flowOutcome === 'completed') counts.flowCompleted++
  // A call that was answered and then failed is not connected: its duration is billed, but is not part of the average (contract rule 7).
  if (end.outcome === 'completed' || end.outcome === 'voicemail') counts.connectedDurationMs += end.durationMs ?? 0
}

export function sumOfCalls(parts: readonly CallCounts[]): CallCounts {
  const sum = noCalls()
  for (const part of parts) {
    sum.started += part.started
    sum.answered += part.answered
    sum.voicemail += part.voicemail
    sum.noAnswer += part.noAnswer
    sum.busy += part.busy
    sum.rejected += part.rejected
    sum.failed += part.failed
    sum.flowCompleted += part.flowCompleted
    sum.connectedDurationMs += part.connectedDurationMs
  }
  return sum
}

/** Any pickup: a human or a machine (contract rule 5). */
export function connectedCalls(counts: CallCounts): number {
  return counts.answered + counts.voicemail
}
