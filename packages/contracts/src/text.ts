import { type StringOptions, Type } from '@sinclair/typebox'

const storable = '[^\\u0000\\ud800-\\udfff]*$'

/**
 * Text that Postgres can store: without NUL and without a lone surrogate. Only for request bodies: their validator reads patterns as Unicode.
 */
export const Text = (options: StringOptions & { maxLength: number }) =>
  Type.String({ pattern: `^${storable}`, 'x-meaning': 'valid text without NUL characters', ...options })

/** Text with at least one visible character. */
export const VisibleText = (maxLength: number) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: `^(?=[^]*\\S)${storable}`,
    'x-meaning': 'text with at least one visible character and no NUL',
  })

/** A name. */
export const Name = VisibleText(200)
