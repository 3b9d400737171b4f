import { type StringOptions, Type } from '@sinclair/typebox'

const storable = '[^\\u0000\\ud800-\\udfff]*$'

/**
 * Text that can be stored: no NUL, which Postgres has no place for, and no half of a surrogate pair, which is no character.
 * For request bodies, whose validator reads patterns as Unicode.
 */
export const Text = (options: StringOptions & { maxLength: number }) => Type.String({ pattern: `^${storable}`, ...options })

/** The name of something: it shows at least one character. */
export const Name = Type.String({ minLength: 1, maxLength: 200, pattern: `^(?=[^]*\\S)${storable}` })
