import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DomainError, invalidField } from '../domain/domain-error.ts'

/**
 * Refuses what the schema of a route does not define: query parameters (contract rule 31), a body (contract rule 34), a compressed body. Routes without
 * a schema pass requests on to another service, which does the same. Open routes are for probes and browsers, and take anything.
 */
export function refuseUndefined(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!route.schema || route.config?.role === 'open') return
    const query = route.schema.querystring ?? Type.Object({})
    route.schema = { ...route.schema, querystring: { ...query, additionalProperties: false } }
  })
  app.addHook('onRequest', async (request) => {
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') {
      const message = `The content-encoding ${encoding.slice(0, 40)} is not supported; send the body without compression`
      throw new DomainError('unsupported', 'UnsupportedMediaTypeError', message)
    }
    if (takesNoBody(request) && announcesBody(request)) throw bodyRefused()
  })
  // A body of unknown length may be empty: only its end says so.
  app.addHook('preValidation', async (request) => {
    if (takesNoBody(request) && request.body !== undefined) throw bodyRefused()
  })
}

function takesNoBody({ is404, routeOptions: { config, schema } }: FastifyRequest): boolean {
  return !is404 && config.role !== 'open' && schema !== undefined && !schema.body && !schema.consumes
}

function announcesBody({ method, headers }: FastifyRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return Number(headers['content-length'] ?? 0) > 0 || (isRead && headers['transfer-encoding'] !== undefined)
}

const bodyRefused = () => invalidField('', 'must be absent: this route takes none')
