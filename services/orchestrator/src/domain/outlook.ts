import { newBucket, type TokenBucket } from './pacing.ts'

/** A place in a zone's queue of first attempts: everything up to it has been claimed. */
export interface QueueCursor {
  dueAtMs: number
  contactId: string
}

/**
 * What a lane expects of an execution: a cache beside the rows. It saves reads and transactions. Losing it is harmless, and it is lost when
 * the lane moves to another replica.
 */
export interface Outlook {
  /** Of the last event of the execution that this lane knows. */
  readonly revision: number
  readonly bucket: TokenBucket
  /** By zone. Without one its queue of first attempts is read from the beginning. */
  readonly cursors: ReadonlyMap<string, QueueCursor>
  /** No waiting contact is due, in a zone that is open, before this instant. */
  readonly nextDueAtMs: number
  /** When the next turn is needed if nothing happens before. */
  readonly nextLookAtMs: number
  /** Contacts are due, but no DID of the pool is active or the pool is not known yet. */
  readonly needsDids: boolean
  /** The execution has ended, and the row of every skipped contact says so. */
  readonly isSwept: boolean
  readonly isSettled: boolean
}

export const noCursors: ReadonlyMap<string, QueueCursor> = new Map()

/** The outlook after somebody else has changed contacts: they have to be read. */
export function unsure(outlook: Outlook): Outlook {
  return { ...outlook, cursors: noCursors, nextDueAtMs: -Infinity, nextLookAtMs: -Infinity }
}

/** The outlook on an execution that this lane sees for the first time: everything has to be read. */
export function newOutlook(nowMs: number): Outlook {
  return {
    revision: 0,
    bucket: newBucket(nowMs),
    cursors: noCursors,
    nextDueAtMs: -Infinity,
    nextLookAtMs: -Infinity,
    needsDids: false,
    isSwept: false,
    isSettled: false,
  }
}
