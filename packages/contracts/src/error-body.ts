import { type Static, Type } from '@sinclair/typebox'

/** Body of every error answer (contract rule 21). */
export const ErrorBody = Type.Object(
  {
    statusCode: Type.Integer(),
    error: Type.String({ description: 'Stable name, e.g. ProgramNotFoundError' }),
    message: Type.String(),
    requestId: Type.String(),
    details: Type.Optional(Type.Unknown({ description: 'For a ValidationError: [{ pointer, message }]' })),
  },
  { $id: 'ErrorBody' },
)
export type ErrorBody = Static<typeof ErrorBody>

/** An invalid field: `pointer` is an RFC 6901 JSON pointer into the body, or `/query/x`, `/params/x`, `/headers/x`. */
export const FieldProblem = Type.Object({ pointer: Type.String(), message: Type.String() })
export type FieldProblem = Static<typeof FieldProblem>
