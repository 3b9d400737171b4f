import { Uuid } from '@carillon/contracts/scalars'
import { Type } from '@sinclair/typebox'

export const IdParams = Type.Object({ id: Uuid })

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[\\x21-\\x7e]+$',
      description: 'The same key and body give the same answer again',
    }),
  ),
})
