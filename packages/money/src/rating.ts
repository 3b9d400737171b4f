import { divideHalfUp } from './division.ts'

export type RateUnit = 'second' | 'minute' | 'flat'

/** What a node costs (contract rule 11). */
export interface Rate {
  unit: RateUnit
  /** Micro-credits per second, per minute, or per node. */
  costPerUnitMicros: bigint
  /** The minimum that is billed; null for none. */
  minDurationMs: number | null
  /** Billed time is rounded up to a multiple of this; null bills to the millisecond. */
  incrementMs: number | null
}

export interface Cost {
  billableMs: number
  costMicros: bigint
}

/**
 * The cost of a duration: `max(duration, minDurationMs)`, rounded up to a multiple of `incrementMs`, times the rate. It is rounded once, at the end,
 * half up to the micro-credit. A `flat` rate costs the same for each duration (contract rule 11).
 *
 * @param durationMs whole milliseconds; null if nobody answered, which costs nothing, also with a flat rate.
 * @throws RangeError for a duration that is negative or not whole, for an increment of 0 and for a negative rate.
 */
export function costOf(rate: Rate, durationMs: number | null): Cost {
  if (rate.costPerUnitMicros < 0n) throw new RangeError(`A rate must not be negative: ${rate.costPerUnitMicros}`)
  if (durationMs === null) return { billableMs: 0, costMicros: 0n }
  const billableMs = billable(rate, durationMs)
  return { billableMs, costMicros: costOfBillable(rate, BigInt(billableMs)) }
}

function billable(rate: Rate, durationMs: number): number {
  const atLeastMs = Math.max(milliseconds(durationMs), milliseconds(rate.minDurationMs ?? 0))
  if (rate.incrementMs === null) return atLeastMs
  const incrementMs = milliseconds(rate.incrementMs)
  if (incrementMs === 0) throw new RangeError('An increment must not be 0 ms')
  const partialMs = atLeastMs % incrementMs
  return partialMs === 0 ? atLeastMs : milliseconds(atLeastMs + incrementMs - partialMs)
}

function costOfBillable(rate: Rate, billableMs: bigint): bigint {
  switch (rate.unit) {
    case 'second':
      return divideHalfUp(rate.costPerUnitMicros * billableMs, 1_000n)
    case 'minute':
      return divideHalfUp(rate.costPerUnitMicros * billableMs, 60_000n)
    case 'flat':
      return rate.costPerUnitMicros
  }
}

function milliseconds(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A duration must be whole milliseconds and not negative: ${value}`)
  return value
}
