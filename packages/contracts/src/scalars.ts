import { type TSchema, Type } from '@sinclair/typebox'

// `x-meaning` ends the sentence "it must be …" in error answers. It says what a pattern or a format cannot.

export const Uuid = Type.String({ format: 'uuid', 'x-meaning': 'a UUID', examples: ['0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e'] })

/** ISO 8601 with an offset on input, within the bounds of contract rule 29; UTC with milliseconds in every answer (contract rule 12). */
export const Instant = Type.String({
  format: 'date-time',
  maxLength: 64,
  'x-meaning': 'an instant with an offset, between the years 2000 and 2100 in UTC',
  examples: ['2026-03-01T09:00:00Z'],
})

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Values of flow variables and custom attributes. */
export const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])
export const Variables = Type.Record(Type.String(), Scalar)

/** ISO 3166-1 alpha-2. */
export const Country = Type.String({
  pattern: '^[A-Z]{2}$',
  'x-meaning': 'the two capital letters of a country (ISO 3166-1)',
  examples: ['MA'],
})
