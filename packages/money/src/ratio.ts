import { divideHalfUp } from './division.ts'

/**
 * `numerator / denominator × 100` with two decimals, rounded half up; 0 if the denominator is 0 (contract rule 4).
 * Not computed in floating point: 1.005 gives 1.01, not 1.
 *
 * @throws RangeError unless both are counts: whole numbers that are not negative.
 */
export function percentage(numerator: number, denominator: number): number {
  const part = count(numerator)
  const whole = count(denominator)
  return whole === 0n ? 0 : Number(divideHalfUp(part * 10_000n, whole)) / 100
}

/** Mean cost in whole micro-credits, rounded half up; 0 if there are no items. */
export function averageMicros(totalMicros: bigint, items: number): bigint {
  const divisor = count(items)
  return divisor === 0n ? 0n : divideHalfUp(totalMicros, divisor)
}

/** Mean duration in whole milliseconds, rounded half up; 0 if there are no items (contract rule 7). */
export function meanMs(totalMs: number | bigint, items: number): number {
  const divisor = count(items)
  return divisor === 0n ? 0 : Number(divideHalfUp(BigInt(totalMs), divisor))
}

function count(value: number): bigint {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A count must be a whole number and not negative: ${value}`)
  return BigInt(value)
}
