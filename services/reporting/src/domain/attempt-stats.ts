import type { FlowOutcome, Outcome } from '@carillon/contracts/outcome'

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

export const callCountNames = Object.keys(noCalls()) as (keyof CallCounts)[]

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
  for (const part of parts) for (const name of callCountNames) sum[name] += part[name]
  return sum
}

/** Calls that a human or a machine answered (contract rule 5). */
export function connectedCalls(counts: CallCounts): number {
  return counts.answered + counts.voicemail
}
