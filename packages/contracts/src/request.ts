import { Type } from '@sinclair/typebox'
import { described, Uuid } from './scalars.ts'

/** Path parameters of a route for one resource. */
export const IdParams = Type.Object({ id: described(Uuid, 'The id of the resource, a UUID') })

/** Headers of a request that creates or launches something (contract rule 26). */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[\\x21-\\x7e]+$',
      'x-meaning': 'printable ASCII characters without blanks',
      examples: ['launch-2026-03-01'],
      description:
        'A text of your choice, at most 200 characters, unique for this request. A second request with the same key and body within a day gets the first answer again',
    }),
  ),
})
