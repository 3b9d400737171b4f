import type { IncomingHttpHeaders } from 'node:http'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { identityHeader } from '@carillon/service-kit/http/internal-auth'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import httpProxy from '@fastify/http-proxy'
import type { FastifyPluginAsync } from 'fastify'
import { routePatterns, type Upstream, upstreamOf } from '../domain/public-routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's identity as the services behind the gateway believe it. */
    internalToken: string
  }
}

/** Where each service listens. */
export type UpstreamUrls = Record<Upstream, string>

interface ProxyOptions {
  upstreams: UpstreamUrls
  /** Until the first byte of the answer, and between two. */
  timeoutMs: number
}

/** What a service is told of a request. Everything else, credentials and forged identities among it, ends at the gateway. */
const forwardedHeaders = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-encoding',
  'content-length',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'range',
  'user-agent',
]

/** Headers of a service's answer that are about its connection with us, or set by us. */
const droppedHeaders = ['connection', 'keep-alive', 'x-request-id']

/** Passes requests on to the service that answers them, bodies as streams in both directions. */
export const proxyRoutes =
  ({ auth }: Pick<ServiceDeps, 'auth'>, { upstreams, timeoutMs }: ProxyOptions): FastifyPluginAsync =>
  async (app) => {
    app.decorateRequest('internalToken', '')
    // The plugin brings parsers that leave a body alone.
    app.removeAllContentTypeParsers()
    await app.register(httpProxy, {
      upstream: '',
      routes: [...routePatterns],
      httpMethods: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'],
      config: { role: 'agent' }, // the services know what each of their routes takes
      undici: { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { timeout: 5_000 } },
      destroyAgent: true,
      disableRequestLogging: true,
      disableCache: true,
      async preHandler(request) {
        request.internalToken = await auth.sign(request.identity)
      },
      replyOptions: {
        getUpstream: (request) => upstreams[upstreamAt(request.url)],
        rewriteRequestHeaders: ({ id, internalToken }, headers) => ({
          ...pick(headers, forwardedHeaders),
          'x-request-id': id,
          [identityHeader]: internalToken,
        }),
        rewriteHeaders: (headers) => omit(headers, droppedHeaders),
        // A read whose kept connection broke, as at a service's restart, is asked once more. Nothing else is ever sent twice.
        retryDelay: ({ err, req, attempt }) => (attempt === 0 && isBroken(err) && isRead(req.method) ? 1 : null),
        onError(reply, { error }) {
          const upstream = upstreamAt(reply.request.url)
          void reply.send(new DomainError('unavailable', 'ServiceUnavailableError', `${upstream}: ${error.message}`))
        },
      },
    })
  }

function upstreamAt(url: string): Upstream {
  const upstream = upstreamOf(url.split('?', 1)[0] ?? '')
  if (upstream === null) throw new Error('a path was routed that no service answers')
  return upstream
}

/** Also called, without an error, when all is well. */
function isBroken(error: Error | null): boolean {
  return error !== null && 'code' in error && error.code === 'UND_ERR_SOCKET'
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)))
}

function omit(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))
}
