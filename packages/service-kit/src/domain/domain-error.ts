import type { FieldProblem } from '@carillon/contracts/error-body'

/** What went wrong, independent of the transport. Only `error-replies.ts` maps a kind to an HTTP status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'too_many'
  | 'unavailable'

/** A refused request or command. `name` is the error name in the contract. */
export class DomainError extends Error {
  readonly kind: ErrorKind
  readonly details: unknown

  constructor(kind: ErrorKind, name: string, message: string, details?: unknown) {
    super(message)
    this.kind = kind
    this.name = name
    this.details = details
  }
}

/** A `ValidationError` that names the fields at fault. */
export function invalidFields(problems: readonly FieldProblem[]): DomainError {
  const message = problems.map((problem) => `${problem.pointer || '/'}: ${problem.message}`).join('; ')
  return new DomainError('invalid', 'ValidationError', message, problems)
}

export const invalidField = (pointer: string, message: string) => invalidFields([{ pointer, message }])
