import { type TSchema, Type } from '@sinclair/typebox'

export const Uuid = Type.String({ format: 'uuid' })

/** ISO 8601 with an offset on input; UTC with milliseconds in every answer (contract rule 12). */
export const Instant = Type.String({ format: 'date-time', examples: ['2025-12-20T09:00:00.000Z'] })

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Values of flow variables and custom attributes. */
export const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])
export const Variables = Type.Record(Type.String(), Scalar)

/** ISO 3166-1 alpha-2. */
export const Country = Type.String({ pattern: '^[A-Z]{2}$', examples: ['MA'] })
