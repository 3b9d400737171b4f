import type { IncomingHttpHeaders } from 'node:http'
import type { Upstream } from '@carillon/contracts/services'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { identityHeader } from '@carillon/service-kit/http/internal-auth'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy'
import type { FastifyPluginAsync } from 'fastify'
import type { Dispatcher } from 'undici'
import type { UpstreamUrls } from '../config.ts'
import { routePatterns, upstreamOf } from '../domain/public-routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's identity, signed for the services behind the gateway. */
    internalToken: string
  }
}

interface ProxyOptions {
  urls: UpstreamUrls
  agent: Dispatcher
}

/** The headers that a service receives. All others stop at the gateway, such as credentials and a forged identity. */
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
  'last-event-id',
  'range',
  'user-agent',
]

/** Headers of a service's answer that the client does not receive: they concern the connection with the gateway, or the gateway sets them. */
const droppedHeaders = ['connection', 'keep-alive', 'x-request-id']

/** A second connection may have been accepted at the moment when the service stopped, too. */
const readRetries = 2

/** Passes requests on to the service that answers them. Bodies are streams in both directions. */
export const proxyRoutes =
  ({ auth }: Pick<ServiceDeps, 'auth'>, { urls, agent }: ProxyOptions): FastifyPluginAsync =>
  async (app) => {
    app.decorateRequest('internalToken', '')
    // The plugin adds parsers that do not read the body.
    app.removeAllContentTypeParsers()
    await app.register(httpProxy, {
      upstream: '',
      routes: [...routePatterns],
      httpMethods: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'],
      config: { role: 'agent' }, // each service checks the role that its route takes
      // The plugin's types are those of another release of undici.
      undici: agent as unknown as NonNullable<FastifyHttpProxyOptions['undici']>,
      destroyAgent: true,
      disableRequestLogging: true,
      disableCache: true,
      async preHandler(request) {
        request.internalToken = await auth.sign(request.identity)
      },
      replyOptions: {
        getUpstream: (request) => urls[upstreamAt(request.url)],
        rewriteRequestHeaders: ({ id, internalToken }, headers) => ({
          ...pick(headers, forwardedHeaders),
          'x-request-id': id,
          [identityHeader]: internalToken,
        }),
        rewriteHeaders: (headers) => omit(headers, droppedHeaders),
        // A read is sent again if its connection broke, as when a service restarts. Nothing else that may have arrived is sent twice.
        retryDelay: ({ err, req, attempt }) => (attempt < readRetries && isBroken(err) && isRead(req.method) ? 1 : null),
        onResponse(request, reply, answer) {
          if (answer.statusCode !== 401) return reply.send(answer.stream)
          // The caller is known: it is our token that the service does not take, for example because its secret or its clock is another one.
          answer.stream.resume()
          for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) reply.removeHeader(name)
          const refusal = new DomainError(
            'unavailable',
            'ServiceUnavailableError',
            `${upstreamAt(request.url)} refused the gateway’s token`,
          )
          return reply.send(refusal)
        },
        onError(reply, { error }) {
          const upstream = upstreamAt(reply.request.url)
          void reply.send(new DomainError('unavailable', 'ServiceUnavailableError', `${upstream}: ${error.message}`))
        },
      },
    })
  }

function upstreamAt(url: string): Upstream {
  const upstream = upstreamOf(url.split('?', 1)[0] ?? '')
  if (upstream === null) throw new Error(`no service answers ${url}`)
  return upstream
}

/** The plugin also asks after a success, without an error. */
function isBroken(error: Error | null): boolean {
  return error !== null && 'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET')
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
