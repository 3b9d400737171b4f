import type { ErrorBody, FieldProblem } from '@carillon/contracts/error-body'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, type ErrorKind } from '../domain/domain-error.ts'
import { isTransient } from '../postgres/database.ts'

const statusOf: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  too_many: 429,
  unavailable: 503,
}

/** Error names for what Fastify itself refuses before a handler runs. */
const ownRefusals: Record<number, string> = {
  400: 'ValidationError',
  404: 'NotFoundException',
  405: 'MethodNotAllowedError',
  413: 'PayloadTooLargeError',
  415: 'UnsupportedMediaTypeError',
  429: 'TooManyRequestsError',
}

/** Makes the body of every error answer an {@link ErrorBody}. A 5xx tells only the id of the request. */
export function replyWithErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => send(reply, request, 404, 'NotFoundException', 'No such resource'))
  app.setErrorHandler((error: FastifyError | DomainError, request, reply) => {
    if (error instanceof DomainError) {
      if (error.kind === 'unavailable') request.log.warn({ err: error }, 'request could not be served')
      const message = error.kind === 'unavailable' ? 'Try again in a moment' : error.message
      const details = error.kind === 'unavailable' ? undefined : error.details
      return send(reply, request, statusOf[error.kind], error.name, message, details)
    }
    if (error.validation) {
      const problems = error.validation.map((problem) => fieldProblem(error.validationContext, problem))
      const message = problems.map((problem) => `${problem.pointer || '/'}: ${problem.message}`).join('; ')
      return send(reply, request, 400, 'ValidationError', message, problems)
    }
    const status = error.statusCode ?? 500
    if (status < 500) return send(reply, request, status, ownRefusals[status] ?? 'ValidationError', error.message)
    if (isTransient(error)) {
      request.log.warn({ err: error }, 'request could not be served')
      return send(reply, request, 503, 'ServiceUnavailableError', 'Try again in a moment')
    }
    request.log.error({ err: error }, 'request failed')
    return send(reply, request, 500, 'InternalServerError', 'Something went wrong on our side')
  })
}

/** The answer to a request that Fastify cannot route, for example because its path is not valid percent-encoding. */
export function replyToUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  send(reply, request, error.statusCode ?? 400, 'ValidationError', error.message)
}

function send(reply: FastifyReply, request: FastifyRequest, statusCode: number, error: string, message: string, details?: unknown) {
  const body: ErrorBody = { statusCode, error, message, requestId: request.id, ...(details === undefined ? {} : { details }) }
  return reply.code(statusCode).type('application/json').send(body)
}

interface SchemaProblem {
  instancePath: string
  keyword: string
  message?: string
  params: Record<string, unknown>
}

function fieldProblem(context: string | undefined, problem: SchemaProblem): FieldProblem {
  const prefix = context === undefined || context === 'body' ? '' : `/${context === 'querystring' ? 'query' : context}`
  const { missingProperty, additionalProperty, allowedValue, allowedValues } = problem.params
  // The pointer names the field itself, even if the broken rule belongs to its parent.
  const field = missingProperty ?? additionalProperty
  const pointer = prefix + problem.instancePath + (typeof field === 'string' ? `/${escapePointer(field)}` : '')
  if (problem.keyword === 'required') return { pointer, message: 'is required' }
  if (problem.keyword === 'additionalProperties') return { pointer, message: 'is not a known field' }
  if (problem.keyword === 'const') return { pointer, message: `must be ${JSON.stringify(allowedValue)}` }
  if (problem.keyword === 'enum') return { pointer, message: `must be one of ${JSON.stringify(allowedValues)}` }
  return { pointer, message: problem.message ?? 'is not valid' }
}

function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}
