import { meanMs, percentage } from '@carillon/money/ratio'
import type { CallCounts } from './attempt-stats.ts'

/** The calls of an execution with the same DID, country or hour. */
export interface Segment extends CallCounts {
  /** Null for calls whose country or hour is not known. */
  readonly key: string | null
}

/** Calls that have ended. */
const endedIn = ({ answered, voicemail, noAnswer, busy, rejected, failed }: CallCounts) =>
  answered + voicemail + noAnswer + busy + rejected + failed

export const answerRateOf = (counts: CallCounts) => percentage(counts.answered, endedIn(counts))
export const averageDurationOf = (counts: CallCounts) => meanMs(counts.connectedDurationMs, counts.answered + counts.voicemail)

/** Fewer calls say nothing about a DID. */
const leastEnded = 50
/** How far below the others chance explains, in standard errors: once in a thousand DIDs. */
const chance = -3.1
/** How much less than the others counts as a fall at all. */
const fall = 0.7

/**
 * Whether a DID is answered so much less than the others of its execution that chance does not explain it: a one-sided test of two proportions, and a rate below
 * seven tenths of theirs.
 */
export function isSuspect(did: CallCounts, all: readonly CallCounts[]): boolean {
  const others = all.filter((other) => other !== did)
  const [ended, answered] = [endedIn(did), did.answered]
  const otherEnded = others.reduce((sum, counts) => sum + endedIn(counts), 0)
  const otherAnswered = others.reduce((sum, counts) => sum + counts.answered, 0)
  if (ended < leastEnded || otherEnded < leastEnded) return false
  const [rate, otherRate] = [answered / ended, otherAnswered / otherEnded]
  if (rate >= fall * otherRate) return false
  const pooled = (answered + otherAnswered) / (ended + otherEnded)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / ended + 1 / otherEnded))
  return (rate - otherRate) / error < chance
}
