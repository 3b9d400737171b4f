import { type ApiErrorName, apiErrors, isApiErrorName, type RaisedErrors } from '@carillon/contracts/api-errors'
import type { ErrorBody } from '@carillon/contracts/error-body'
import type { FastifySchema } from 'fastify'

declare module 'fastify' {
  interface FastifySchema {
    /** The route's own errors, by name, with the case that raises each. Those that follow from the rest of the schema are added by the document. */
    errors?: RaisedErrors
    /** What the body of a route is that reads it by itself (`consumes`). Only the document shows it. */
    file?: object
  }
}

const detailsExample = [{ pointer: '/query/limit', message: apiErrors.ValidationError.message }]

/** Errors that every route may answer with. The document has a response for each status once. */
const sharedErrors: RaisedErrors = {
  UnauthorizedError: 'The API key or JWT is missing, wrong, revoked or expired.',
  ForbiddenError:
    'The caller’s role does not include the role that this takes, or the caller acts for another organization without being a platform_admin.',
  TooManyRequestsError: 'The organization sent too many requests. The header `Retry-After` says in how many seconds to try again.',
  InternalServerError: 'The fault is on the side of the API. It is logged under the `requestId`.',
  ServiceUnavailableError: 'A part of the API is away, as while it restarts. Try again in a moment.',
}

/** The components of the document to which the responses of {@link operationResponses} refer. */
export const sharedResponses = Object.fromEntries(
  Object.entries(errorResponses(sharedErrors)).map(([status, response]) => [`Error${status}`, response]),
)

const validationCase = 'A parameter or a field of the request is not valid. `details` names each, at most twenty.'

/**
 * The errors of a route: its own, and those that every route of its kind has. The route's own sentences about a `ValidationError` follow the general
 * one. Throws for a name that the contract does not have.
 */
export function errorsOf({ errors = {}, body, consumes, headers }: FastifySchema, isLiveOnly = false): RaisedErrors {
  const unknown = Object.keys(errors).filter((name) => !isApiErrorName(name))
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is no error of the API: add it to packages/contracts/src/api-errors.ts`)
  const all: RaisedErrors = { ...errors }
  for (const name of Object.keys(sharedErrors) as ApiErrorName[]) {
    if (errors[name] !== undefined) all[name] = `${sharedErrors[name]} ${errors[name]}`
  }
  all.ValidationError = [validationCase, errors.ValidationError].filter((text) => text !== undefined).join(' ')
  if (isLiveOnly) all.TestModeForbiddenError ??= 'The request is in test mode. It cannot change what is live.'
  if (all.ForbiddenError ?? all.TestModeForbiddenError) all.ForbiddenError ??= sharedErrors.ForbiddenError ?? ''
  if (takesKey(headers)) all.IdempotencyConflictError ??= 'The `Idempotency-Key` was used with another request before.'
  if (body !== undefined || consumes !== undefined) {
    if (consumes === undefined) all.PayloadTooLargeError ??= 'The body is larger than a megabyte.'
    all.UnsupportedMediaTypeError ??= 'The content type of the body is another one, the charset is not UTF-8, or the body is compressed.'
  }
  return all
}

function takesKey(headers: unknown): boolean {
  const { properties } = (headers ?? {}) as { properties?: object }
  return properties !== undefined && 'idempotency-key' in properties
}

/** The OpenAPI responses of an operation with these errors, by status: those, and references to the shared ones. */
export function operationResponses(errors: RaisedErrors): Record<string, object> {
  const statuses = Object.keys(errorResponses(sharedErrors))
  const shared = statuses.map((status) => [status, { $ref: `#/components/responses/Error${status}` }])
  return { ...Object.fromEntries(shared), ...errorResponses(errors) }
}

/** A response for each status, with an example for each name. */
function errorResponses(errors: RaisedErrors): Record<string, object> {
  const byStatus = new Map<number, [ApiErrorName, string][]>()
  for (const [name, raised] of Object.entries(errors) as [ApiErrorName, string][]) {
    const { status } = apiErrors[name]
    byStatus.set(status, [...(byStatus.get(status) ?? []), [name, raised]])
  }
  return Object.fromEntries([...byStatus].map(([status, raised]) => [String(status), errorResponse(raised)]))
}

function errorResponse(raised: readonly [ApiErrorName, string][]): object {
  return {
    description: raised.map(([name, text]) => `- \`${name}\`: ${text}`).join('\n'),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ErrorBody' },
        examples: Object.fromEntries(raised.map(([name, text]) => [name, { summary: text, value: exampleOf(name) }])),
      },
    },
  }
}

function exampleOf(name: ApiErrorName): ErrorBody {
  const { status, message } = apiErrors[name]
  const details = name === 'ValidationError' ? { details: detailsExample } : {}
  return { statusCode: status, error: name, message, requestId: '4b1c9c0e-6f0b-4d61-9a53-1f7f6a1d2c3b', ...details }
}
