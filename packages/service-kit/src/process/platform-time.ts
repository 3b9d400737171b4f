/** What one question to the database's clock told. */
export interface ClockSample {
  /** When the answer came, on this process's monotonic clock. */
  readonly atMs: number
  /** The database's clock then, epoch milliseconds. */
  readonly databaseMs: number
  /** How long the answer took: the error is at most half of it. */
  readonly tookMs: number
}

/** The database's clock as this process tells it between two questions. */
export interface PlatformTime {
  /** Epoch milliseconds at a moment of the monotonic clock. Later moments never give earlier times. */
  at(monotonicMs: number): number
  /** Corrects the time by a sample. */
  take(sample: ClockSample): SampleUse
  /** The monotonic clock stood still, e.g. while the host was suspended: the next sample is believed at once. */
  expectJump(): void
}

/** `doubted`: it differs so much that the next samples must say the same. `refused`: its answer took too long to be exact. */
export type SampleUse = 'taken' | 'doubted' | 'refused'

/** An answer that took longer may have met a busy moment. */
const longestRoundTripMs = 1_000
/** A greater difference is a jump of a clock, not its drift. */
const jumpMs = 1_000
/** So many samples in a row must agree on a jump. */
const witnesses = 3
/** While a difference is made up for, time runs faster or slower by this share. */
const slew = 0.5

/**
 * Time goes with the monotonic clock, which nobody sets. Samples correct it: small differences by letting time run faster or slower, jumps ahead at once
 * when several samples agree. Time never goes back: a process that is ahead runs slower until the database has caught up.
 */
export function platformTime(first: ClockSample): PlatformTime {
  let baseMs = first.atMs
  let baseTimeMs = first.databaseMs
  /** What is still to be added to the time, or taken from it. */
  let debtMs = 0
  let doubts: number[] = []
  let isJumpExpected = false

  function at(monotonicMs: number): number {
    const passedMs = Math.max(0, monotonicMs - baseMs)
    const correctedMs = Math.sign(debtMs) * Math.min(Math.abs(debtMs), passedMs * slew)
    return baseTimeMs + passedMs + correctedMs
  }

  function restart(monotonicMs: number, timeMs: number, newDebtMs: number) {
    baseTimeMs = timeMs
    baseMs = Math.max(baseMs, monotonicMs)
    debtMs = newDebtMs
  }

  /** Whether enough samples in a row tell of the same jump. */
  function isConfirmed(differenceMs: number): boolean {
    if (doubts.some((other) => Math.abs(other - differenceMs) > jumpMs)) doubts = []
    doubts.push(differenceMs)
    return isJumpExpected || doubts.length >= witnesses
  }

  return {
    at,
    expectJump() {
      isJumpExpected = true
    },
    take({ atMs, databaseMs, tookMs }) {
      if (tookMs > longestRoundTripMs) return 'refused'
      const toldMs = at(atMs)
      const differenceMs = databaseMs - toldMs
      // What is made up for already is no news.
      const isJump = Math.abs(differenceMs) > jumpMs && Math.abs(differenceMs - leftAt(atMs)) > jumpMs
      if (isJump && !isConfirmed(differenceMs)) return 'doubted'
      doubts = []
      isJumpExpected = false
      if (differenceMs > jumpMs) restart(atMs, databaseMs, 0)
      else restart(atMs, toldMs, differenceMs)
      return 'taken'
    },
  }

  /** What of the debt is not made up for yet. */
  function leftAt(monotonicMs: number): number {
    const correctedMs = Math.min(Math.abs(debtMs), Math.max(0, monotonicMs - baseMs) * slew)
    return Math.sign(debtMs) * (Math.abs(debtMs) - correctedMs)
  }
}
