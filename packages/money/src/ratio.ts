import { divideHalfUp } from './division.ts'

/**
 * `numerator / denominator × 100`, two decimals, rounded half up; 0 where the denominator is 0 (contract rule 4).
 * Both are counts: whole and not negative. Never computed in floating point: 1.005 is 1.01, not 1.
 *
 * @throws RangeError where one of them is no count.
 */
export function percentage(numerator: number, denominator: number): number {
  const part = count(numerator)
  const whole = count(denominator)
  return whole === 0n ? 0 : Number(divideHalfUp(part * 10_000n, whole)) / 100
}

/** Mean cost in whole micro-credits, rounded half up; 0 of none. */
export function averageMicros(totalMicros: bigint, items: number): bigint {
  const divisor = count(items)
  return divisor === 0n ? 0n : divideHalfUp(totalMicros, divisor)
}

/** Mean duration in whole milliseconds, rounded half up; 0 of none (contract rule 7). */
export function meanMs(totalMs: number | bigint, items: number): number {
  const divisor = count(items)
  return divisor === 0n ? 0 : Number(divideHalfUp(BigInt(totalMs), divisor))
}

function count(value: number): bigint {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A count is whole and not negative, not ${value}`)
  return BigInt(value)
}
