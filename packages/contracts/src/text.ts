import { type StringOptions, Type } from '@sinclair/typebox'

const storable = '[^\\u0000\\ud800-\\udfff]*$'

/**
 * Text that Postgres can store: without NUL and without a lone surrogate. Only for request bodies: their validator reads patterns as Unicode.
 */
export const Text = (options: StringOptions & { maxLength: number }) =>
  Type.String({ pattern: `^${storable}`, 'x-meaning': 'valid text without NUL characters', ...options })

/** A name. It has at least one visible character. */
export const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: `^(?=[^]*\\S)${storable}`,
  'x-meaning': 'text with at least one visible character and no NUL',
})
