/**
 * The quotient rounded half up to a whole number: 2.5 → 3, −2.5 → −2. Exact for integers of any size.
 *
 * @throws RangeError if the denominator is not positive.
 */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError(`The denominator must be positive, not ${denominator}`)
  const doubled = 2n * numerator + denominator
  const divisor = 2n * denominator
  const quotient = doubled / divisor
  // A division of bigints rounds toward zero; this needs the floor.
  return doubled < 0n && quotient * divisor !== doubled ? quotient - 1n : quotient
}
