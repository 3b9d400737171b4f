/** Amounts are whole micro-credits, as `bigint` (contract rule 10). */
const microsPerCredit = 1_000_000n
const decimals = 6

/** `numeric(20,6)` holds 20 digits. */
const limitMicros = 10n ** 20n

/**
 * Below 2³³ credits, adjacent floats differ by less than a millionth. So each amount has its own float, and `JSON.stringify` prints that float as
 * the exact amount.
 */
const exactInJsonMicros = 2n ** 33n * microsPerCredit

/** A value that is not an amount of credits, or that cannot be represented exactly. */
export class InvalidAmountError extends Error {
  override readonly name = 'InvalidAmountError'
  readonly kind = 'invalid'
}

/** A decimal with an optional exponent (`String(1e-7)` has one). The bounds keep hostile input from causing huge powers of ten. */
const decimal = /^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i

/**
 * Converts credits, as a JSON number or as decimal text, to micro-credits. Exact: it uses no float arithmetic.
 *
 * @throws InvalidAmountError for more than six decimals, for a value that is not a finite number, for more than 14 digits before the
 * point, and for a JSON number from 2³³ credits on, because it cannot hold six decimals.
 */
export function parseMicros(credits: number | string): bigint {
  const micros = parseDecimal(typeof credits === 'number' ? String(credits) : credits)
  if (typeof credits === 'number' && !isExactInJson(micros)) {
    throw new InvalidAmountError(`${credits} is too large for a JSON number with ${decimals} decimals; write it as text`)
  }
  return micros
}

/**
 * Converts micro-credits to a number of credits that JSON prints exactly: with at most six decimals and no exponent.
 *
 * @throws InvalidAmountError from 2³³ credits on: a JSON number cannot hold six decimals of them.
 */
export function microsToJson(micros: bigint): number {
  if (!isExactInJson(micros)) throw new InvalidAmountError(`${microsToNumeric(micros)} has no exact JSON number`)
  // The division is correctly rounded: it gives the float that a parser reads from the exact decimal.
  return Number(micros) / Number(microsPerCredit)
}

/** Converts micro-credits to the text of Postgres' `numeric(20,6)`: `1875075n` → `1.875075`. */
export function microsToNumeric(micros: bigint): string {
  const magnitude = micros < 0n ? -micros : micros
  const fraction = String(magnitude % microsPerCredit).padStart(decimals, '0')
  return `${micros < 0n ? '-' : ''}${magnitude / microsPerCredit}.${fraction}`
}

/**
 * Converts the text of Postgres' `numeric(20,6)` to micro-credits.
 *
 * @throws InvalidAmountError for `NaN`, `Infinity` and more than six decimals.
 */
export function numericToMicros(numeric: string): bigint {
  return parseDecimal(numeric)
}

function parseDecimal(text: string): bigint {
  const parts = decimal.exec(text)
  if (parts === null) throw new InvalidAmountError(`${JSON.stringify(text.slice(0, 60))} is not an amount of credits`)
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  const digits = BigInt(whole + fraction)
  const shift = decimals + Number(exponent) - fraction.length
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n
  if (digits % divisor !== 0n) throw new InvalidAmountError(`${text} has more than ${decimals} decimals`)
  const magnitude = shift < 0 ? digits / divisor : digits * 10n ** BigInt(shift)
  if (magnitude >= limitMicros) throw new InvalidAmountError(`${text} is too large an amount`)
  return sign === '-' ? -magnitude : magnitude
}

function isExactInJson(micros: bigint): boolean {
  return micros < exactInJsonMicros && micros > -exactInJsonMicros
}
