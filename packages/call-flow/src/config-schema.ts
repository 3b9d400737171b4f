import { type TProperties, Type } from '@sinclair/typebox'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs

/** An object with no other keys: a misspelt setting is refused, never ignored. */
export const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })

/** Keys of a telephone: RFC 4733, section 3.2. */
export const Digits = Type.String({
  pattern: '^[0-9*#A-D]{1,32}$',
  'x-meaning': '1 to 32 keys of a telephone',
  examples: ['12#'],
  description: 'Keys of a telephone: 0 to 9, *, # and A to D',
})

/** The key that ends an entry or a recording. */
export const Terminator = Type.String({
  pattern: '^[0-9*#A-D]$',
  'x-meaning': 'a key of a telephone',
  examples: ['#'],
  description: 'A key of a telephone that ends the entry',
})
