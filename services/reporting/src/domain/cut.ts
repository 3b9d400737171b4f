/** The position of the calls' lane that a report shows. */
export interface Cut {
  /** What happened up to here is in the report, and nothing else. */
  readonly position: number
  /** When the first thing happened that is known and not shown; null if there is none. */
  readonly lacksFromMs: number | null
}

/** A thing that happened at a position. */
export interface Happened {
  readonly position: number
  readonly atMs: number
}

/** Shows all that was read: for an execution whose events have no positions. */
export const everything: Cut = { position: Number.MAX_SAFE_INTEGER, lacksFromMs: null }

/** Shows nothing but the launch. */
export const nothing: Cut = { position: -1, lacksFromMs: null }

/** Since when a report may lack something; at the latest now. */
export function asOfMs({ lacksFromMs }: Cut, nowMs: number): number {
  return Math.min(lacksFromMs ?? nowMs, nowMs)
}
