import { type Static, Type } from '@sinclair/typebox'

/**
 * An invalid field: `pointer` is an RFC 6901 JSON pointer into the body, or `/query/x`, `/params/x`, `/headers/x`. `message` is a sentence that names the
 * field: "startAt must be an instant with an offset, such as 2026-03-01T09:00:00Z".
 */
export const FieldProblem = Type.Object(
  {
    pointer: Type.String({
      description:
        'Where the problem is: a JSON pointer (RFC 6901) into the body, or `/query/x`, `/params/x`, `/headers/x`. Empty for the whole body',
      examples: ['/startAt'],
    }),
    message: Type.String({
      description: 'A sentence that names the field and says what it must be',
      examples: ['startAt must be an instant with an offset, such as 2026-03-01T09:00:00Z'],
    }),
    code: Type.Optional(
      Type.String({ description: 'For a problem of a flow’s graph: its stable name', examples: ['unreachable_node', 'unknown_output'] }),
    ),
  },
  { 'x-schema': 'FieldProblem', description: 'One invalid field of a request.' },
)
export type FieldProblem = Static<typeof FieldProblem>

/** Body of every error answer (contract rule 21). */
export const ErrorBody = Type.Object(
  {
    statusCode: Type.Integer({ description: 'The HTTP status of the answer', examples: [404] }),
    error: Type.String({
      description: 'The stable name of the error. Decide by it. A later version of the API may have more names',
      examples: ['ProgramNotFoundError'],
    }),
    message: Type.String({ description: 'What went wrong, in a sentence for people. It may change' }),
    requestId: Type.String({
      description: 'The id of the request, as in the header `X-Request-Id`. Quote it when you ask about the error',
    }),
    details: Type.Optional(
      Type.Array(FieldProblem, {
        description: 'The fields at fault, at most twenty: with every `ValidationError`, and with errors about a DID of a pool',
      }),
    ),
  },
  { $id: 'ErrorBody', description: 'The body of every error.' },
)
export type ErrorBody = Static<typeof ErrorBody>
