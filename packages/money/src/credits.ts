/** Money is counted in micro-credits: whole millionths, as `bigint` (contract rule 10). */
const microsPerCredit = 1_000_000n
const decimals = 6

/** `numeric(20,6)` holds 20 digits. */
const limitMicros = 10n ** 20n

/**
 * Below 2³³ credits two neighbouring floats lie less than a millionth apart, so every amount has a float of its own, and the
 * shortest decimal that means this float, which `JSON.stringify` prints, is the amount.
 */
const exactInJsonMicros = 2n ** 33n * microsPerCredit

/** An amount that is no amount of credits, or that its form cannot hold exactly. */
export class InvalidAmountError extends Error {
  override readonly name = 'InvalidAmountError'
  readonly kind = 'invalid'
}

/** A decimal with an optional exponent (`String(1e-7)` has one). The bounds keep a hostile text from becoming a huge power of ten. */
const decimal = /^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i

/**
 * Credits, as a JSON number or as decimal text, to micro-credits. Exact: read digit by digit, no float arithmetic.
 *
 * @throws InvalidAmountError for more than six decimals, for what is no finite number, for more than 14 digits before the point,
 * and for a JSON number so large (2³³ credits) that its sixth decimal was lost before it came here.
 */
export function parseMicros(credits: number | string): bigint {
  const micros = parseDecimal(typeof credits === 'number' ? String(credits) : credits)
  if (typeof credits === 'number' && !isExactInJson(micros)) {
    throw new InvalidAmountError(`${credits} is too large for a JSON number with ${decimals} decimals; write it as text`)
  }
  return micros
}

/**
 * Micro-credits to credits, as the number that prints exactly: at most six decimals, no exponent.
 *
 * @throws InvalidAmountError from 2³³ credits on: their sixth decimal has no place in a JSON number.
 */
export function microsToJson(micros: bigint): number {
  if (!isExactInJson(micros)) throw new InvalidAmountError(`${microsToNumeric(micros)} has no exact JSON number`)
  // One correctly rounded division gives the float that is nearest to the decimal, which is the one that its digits are read as.
  return Number(micros) / Number(microsPerCredit)
}

/** Micro-credits to the text of Postgres' `numeric(20,6)`: `1875075n` → `1.875075`. */
export function microsToNumeric(micros: bigint): string {
  const magnitude = micros < 0n ? -micros : micros
  const fraction = String(magnitude % microsPerCredit).padStart(decimals, '0')
  return `${micros < 0n ? '-' : ''}${magnitude / microsPerCredit}.${fraction}`
}

/**
 * The text of Postgres' `numeric(20,6)` to micro-credits.
 *
 * @throws InvalidAmountError for `NaN`, `Infinity` and what has more decimals than the column.
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
