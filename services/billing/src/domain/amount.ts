import { InvalidAmountError, parseMicros } from '@carillon/money/credits'

/** The micro-credits of an amount in a request, or null if it has more than six decimals. */
export function exactMicros(credits: number): bigint | null {
  try {
    return parseMicros(credits)
  } catch (error) {
    if (error instanceof InvalidAmountError) return null
    throw error
  }
}
