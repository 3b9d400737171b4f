import { Type } from '@sinclair/typebox'

/** Headers of a request that creates something (contract rule 26). */
export const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'The same key and body get the same answer once more' }),
  ),
})
