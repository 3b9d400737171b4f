/** A moment in this process. */
export interface Moment {
  readonly monotonicMs: number
  readonly wallMs: number
}

export function momentNow(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() }
}

/**
 * Real milliseconds from one moment to another, and never too few: the longer of what the two clocks of the host say. The monotonic clock of
 * Linux stands still while the host is suspended, and the wall clock may be set back. A wall clock that is set forward makes the time too long: whoever asks
 * must be safe then. A virtual machine that was stopped with both its clocks is noticed by nothing inside it.
 */
export function elapsedMs(since: Moment, until: Moment = momentNow()): number {
  return Math.max(until.monotonicMs - since.monotonicMs, until.wallMs - since.wallMs)
}
