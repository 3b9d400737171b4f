import { elapsedMs, type Moment } from '@carillon/service-kit/process/elapsed'

/**
 * What a bridge knows of its own standing. While its heartbeats come without a break, no other bridge can have taken over its calls. A tenure is
 * the time between two breaks. All moments are real time in this process.
 */
export interface Tenures {
  /** A heartbeat that was sent at one moment was acknowledged at another. */
  acknowledged(sentAt: Moment, acknowledgedAt: Moment): void
  /** Names the tenure at a moment; null while the last heartbeat is too old to know. */
  at(moment: Moment): number | null
}

/**
 * @param trustMs how long after its sending a heartbeat proves that nobody has taken anything over. Shorter than the time after which others may,
 * by what passes between the question and the deed.
 */
export function tenures(firstSentAt: Moment, trustMs: number): Tenures {
  let tenure = 0
  let lastSentAt = firstSentAt
  return {
    acknowledged(sentAt, acknowledgedAt) {
      // The database may have written the new heartbeat as late as this.
      if (elapsedMs(lastSentAt, acknowledgedAt) >= trustMs) tenure++
      // Two heartbeats may be under way at once.
      if (sentAt.monotonicMs > lastSentAt.monotonicMs) lastSentAt = sentAt
    },
    at: (moment) => (elapsedMs(lastSentAt, moment) < trustMs ? tenure : null),
  }
}
