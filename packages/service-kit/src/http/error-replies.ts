import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorBody, FieldProblem } from '@carillon/contracts/error-body'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, type ErrorKind } from '../domain/domain-error.ts'
import { isTransient } from '../postgres/database.ts'
import { knownPaths } from './known-paths.ts'

const statusOf: Record<ErrorKind, number> = {
  invalid: 400,
  payment_required: 402,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  too_many: 429,
  unavailable: 503,
}

/** Error names for what Fastify or Node refuses before a handler runs. */
const ownRefusals: Record<number, string> = {
  400: 'ValidationError',
  404: 'NotFoundException',
  405: 'MethodNotAllowedError',
  408: 'RequestTimeoutError',
  413: 'PayloadTooLargeError',
  415: 'UnsupportedMediaTypeError',
  429: 'TooManyRequestsError',
  431: 'HeadersTooLargeError',
}

/**
 * Makes the body of every error answer an {@link ErrorBody}. A 5xx tells only the id of the request. Comes before the routes: a path that only other
 * methods have is answered with them.
 */
export function replyWithErrors(app: FastifyInstance): void {
  const methodsOf = knownPaths(app)
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url)
    // A route may itself find nothing, such as one that serves files.
    if (methods.length === 0 || methods.includes(request.method)) return send(reply, request, 404, 'NotFoundException', 'No such resource')
    const allowed = methods.join(', ')
    const message = `This path does not take ${request.method}; it takes ${allowed}`
    return send(reply.header('allow', allowed), request, 405, 'MethodNotAllowedError', message)
  })
  app.setErrorHandler((error: FastifyError | DomainError, request, reply) => {
    if (error instanceof DomainError) {
      if (error.kind === 'unavailable') request.log.warn({ err: error }, 'request could not be served')
      const message = error.kind === 'unavailable' ? 'Try again in a moment' : error.message
      const details = error.kind === 'unavailable' ? undefined : error.details
      return send(reply, request, statusOf[error.kind], error.name, message, details)
    }
    const status = error.statusCode ?? 500
    if (status < 500) return send(reply, request, status, ownRefusals[status] ?? 'ValidationError', refusalOf(error, request))
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
  const status = error.statusCode ?? 400
  send(reply, request, status, ownRefusals[status] ?? 'ValidationError', 'The path of the request is not valid')
}

/** The answer to bytes that are no HTTP request, or that arrive too slowly. There is no request yet that could be answered. */
export function replyToBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const [statusCode, message] = brokenRequest(error.code)
    const body: ErrorBody = { statusCode, error: ownRefusals[statusCode] ?? 'ValidationError', message, requestId: randomUUID() }
    const text = JSON.stringify(body)
    const headers = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close`
    socket.write(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${headers}\r\n\r\n${text}`)
  }
  socket.destroySoon()
}

function brokenRequest(code: string): [number, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'The request did not arrive in time']
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'The headers of the request are too large']
  return [400, 'This is not a valid HTTP request']
}

function refusalOf(error: FastifyError, request: FastifyRequest): string {
  const { schema, bodyLimit } = request.routeOptions
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return `The body is too large; at most ${bodyLimit} bytes are taken`
  if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return error.message
  const given = request.headers['content-type']
  const problem = given === undefined ? 'The header content-type is missing' : `The content-type ${given.slice(0, 100)} is not supported`
  return `${problem}; send ${(schema?.consumes ?? ['application/json']).join(' or ')}`
}

function send(
  reply: FastifyReply,
  request: FastifyRequest,
  statusCode: number,
  error: string,
  message: string,
  details?: readonly FieldProblem[],
) {
  const body: ErrorBody = { statusCode, error, message, requestId: request.id, ...(details === undefined ? {} : { details: [...details] }) }
  return reply.code(statusCode).type('application/json').send(body)
}
