import type { FieldProblem } from '@carillon/contracts/error-body'
import { counted, cut } from '@carillon/field-problems/expectation'
import { maxCounted, maxProblems } from '@carillon/field-problems/field-problems'
import { fieldSentence } from '@carillon/field-problems/pointer'

/** What went wrong, independent of the transport. Only `error-replies.ts` maps a kind to an HTTP status. */
export type ErrorKind =
  | 'invalid'
  | 'payment_required'
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
  /** The fields at fault: the `details` of the answer. */
  readonly details: readonly FieldProblem[] | undefined

  constructor(kind: ErrorKind, name: string, message: string, details?: readonly FieldProblem[]) {
    super(message)
    this.kind = kind
    this.name = name
    this.details = details
  }
}

/** For a request in test mode that would change what belongs to live mode (contract rule 35). */
export function forbiddenInTestMode(message = 'This is not possible in test mode. Use a live key'): DomainError {
  return new DomainError('forbidden', 'TestModeForbiddenError', message)
}

/** The longest answer stays short: what a request holds may be very long, and wrong in very many places. */
const maxDetailsBytes = 8_000
const maxPointerLength = 300
const maxMessageLength = 500

/**
 * A `ValidationError` that names the fields at fault, at most twenty, and says how many `more` there are. The message of a problem that begins with a
 * verb continues the name of the field: `must lie after startAt` becomes `stopAt must lie after startAt`.
 */
export function invalidFields(problems: readonly FieldProblem[], more = 0): DomainError {
  const details: FieldProblem[] = []
  let bytes = 0
  for (const problem of problems) {
    const pointer = cut(problem.pointer, maxPointerLength)
    const detail = { ...problem, pointer, message: cut(fieldSentence(pointer, problem.message), maxMessageLength) }
    bytes += Buffer.byteLength(JSON.stringify(detail))
    if (details.length === maxProblems || (details.length > 0 && bytes > maxDetailsBytes)) break
    details.push(detail)
  }
  const rest = problems.length - details.length + more
  const message = details.map((detail) => detail.message).join('; ') + othersIn(rest)
  return new DomainError('invalid', 'ValidationError', message, details)
}

function othersIn(rest: number): string {
  if (rest === 0) return ''
  return `; and ${rest < maxCounted - maxProblems ? '' : 'at least '}${counted(rest, 'more problem')}`
}

export const invalidField = (pointer: string, message: string) => invalidFields([{ pointer, message }])
