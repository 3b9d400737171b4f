import { type Static, Type } from '@sinclair/typebox'

/** Body of every error answer (contract rule 21). */
export const ErrorBody = Type.Object(
  {
    statusCode: Type.Integer(),
    error: Type.String({ description: 'Stable name, e.g. ProgramNotFoundError' }),
    message: Type.String(),
    requestId: Type.String(),
    details: Type.Optional(Type.Unknown({ description: 'For a ValidationError: [{ pointer, message }], at most twenty' })),
  },
  { $id: 'ErrorBody' },
)
export type ErrorBody = Static<typeof ErrorBody>

/**
 * An invalid field: `pointer` is an RFC 6901 JSON pointer into the body, or `/query/x`, `/params/x`, `/headers/x`. `message` is a sentence that names the
 * field: "startAt must be an instant with an offset, such as 2026-03-01T09:00:00Z".
 */
export const FieldProblem = Type.Object({ pointer: Type.String(), message: Type.String() })
export type FieldProblem = Static<typeof FieldProblem>
