import { DrizzleQueryError } from 'drizzle-orm'
import { DomainError } from '../domain/domain-error.ts'
import { EventRefusedError } from '../domain/event-refused.ts'

/** A message that is not what its schema says. */
export class UndecodableError extends Error {
  override name = 'UndecodableError'
}

/** SQLSTATE classes of what the data itself is to blame for: cardinality violation, data exception, integrity constraint violation. */
const faultOfTheData = /^2[123][0-9A-Z]{3}$/

/** Kinds of domain errors that say nothing of the event. */
const passing = new Set(['unavailable', 'too_many'])

/**
 * Whether the event is at fault: another try cannot succeed. This is the list of such errors. All others, also those that nobody has thought of, may
 * be gone at the next try: a lost connection, a table that is just being changed, a service of another version.
 */
export function isPoison(failure: unknown): boolean {
  const error = failure instanceof DrizzleQueryError ? failure.cause : failure
  if (error instanceof UndecodableError || error instanceof EventRefusedError) return true
  if (error instanceof DomainError) return !passing.has(error.kind)
  return error instanceof Error && 'code' in error && faultOfTheData.test(String(error.code))
}
