import { divideHalfUp } from './division.ts'

export type RateUnit = 'second' | 'minute' | 'flat'

/** What a node costs (contract rule 11). */
export interface Rate {
  unit: RateUnit
  /** Micro-credits per second, per minute, or per node. */
  costPerUnitMicros: bigint
  /** At least this much is billed; null for no minimum. */
  minDurationMs: number | null
  /** Billed time is rounded up to a multiple of this; null bills to the millisecond. */
  incrementMs: number | null
}

export interface Cost {
  billableMs: number
  costMicros: bigint
}

/**
 * What a duration costs: `max(duration, minDurationMs)`, rounded up to a multiple of `incrementMs`, times the rate; rounded half up
 * to the micro-credit, once, at the end. `flat` costs the same whatever the duration (contract rule 11).
 *
 * @param durationMs whole milliseconds; null where nobody answered, which costs nothing, flat rates included.
 * @throws RangeError for durations that are negative or not whole, for an increment of 0 and for a negative rate.
 */
export function costOf(rate: Rate, durationMs: number | null): Cost {
  if (rate.costPerUnitMicros < 0n) throw new RangeError(`A rate is not negative: ${rate.costPerUnitMicros}`)
  if (durationMs === null) return { billableMs: 0, costMicros: 0n }
  const billableMs = billable(rate, durationMs)
  return { billableMs, costMicros: costOfBillable(rate, BigInt(billableMs)) }
}

function billable(rate: Rate, durationMs: number): number {
  const atLeastMs = Math.max(milliseconds(durationMs), milliseconds(rate.minDurationMs ?? 0))
  if (rate.incrementMs === null) return atLeastMs
  const incrementMs = milliseconds(rate.incrementMs)
  if (incrementMs === 0) throw new RangeError('An increment of 0 ms bills nothing')
  const begunMs = atLeastMs % incrementMs
  return begunMs === 0 ? atLeastMs : milliseconds(atLeastMs + incrementMs - begunMs)
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
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A duration is whole milliseconds, not ${value}`)
  return value
}
