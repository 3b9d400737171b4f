import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { createHttpApp, type HttpApp } from '@carillon/service-kit/http/app'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { startAuthentication } from './authentication/authentication.ts'
import { ensureConfiguredKey } from './authentication/configured-key.ts'
import { type GatewayConfig, upstreamUrls } from './config.ts'
import { isPlainPath } from './domain/public-routes.ts'
import { documentationRoutes } from './http/documentation.ts'
import { proxyRoutes } from './http/proxy.ts'
import { type CountFailure, limitRates } from './http/rate-limits.ts'
import { httpRoutes } from './http/routes.ts'
import { upstreamAgent } from './http/upstream-agent.ts'
import { documentOfAll } from './public-document.ts'
import { answerQuestions } from './questions.ts'
import { connectRedis } from './redis.ts'

/** The gateway, without a process around it. */
export async function buildApp(deps: ServiceDeps, config: GatewayConfig): Promise<HttpApp> {
  const { logger } = deps
  const urls = upstreamUrls(config)
  if (config.PLATFORM_API_KEY !== undefined) await ensureConfiguredKey(deps, config.PLATFORM_API_KEY)
  const authentication = startAuthentication(deps, config)
  answerQuestions(deps)
  const redis = config.REDIS_URL === undefined ? undefined : connectRedis(config.REDIS_URL, logger)
  deps.onStop(() => redis?.disconnect())

  let countFailure: CountFailure | undefined
  const app = await createHttpApp({
    ...deps,
    title: 'Gateway',
    rowSecurity: true,
    // Whoever authenticates is served, whatever others behind the same address do. Only failures are counted, and only our own: not a service's 401.
    async authenticate(request, reply) {
      try {
        return await authentication.authenticate(request)
      } catch (error) {
        if (error instanceof DomainError && error.kind === 'unauthenticated') await countFailure?.(request, reply)
        throw error
      }
    },
    document: documentOfAll(urls, logger),
    ...(config.TRUSTED_PROXIES === undefined ? {} : { trustProxy: config.TRUSTED_PROXIES }),
    async beforeAuthentication(early) {
      early.addHook('onRequest', async (request, reply) => {
        reply.header('x-request-id', request.id)
        if (config.HSTS_SECONDS !== undefined) reply.header('strict-transport-security', `max-age=${config.HSTS_SECONDS}`)
        if (!isPlainPath(request.url)) throw new DomainError('not_found', 'NotFoundException', 'No such resource')
      })
      if (config.CORS_ORIGINS !== undefined) await allowOrigins(early, config.CORS_ORIGINS)
      countFailure = await limitRates(early, { config, redis })
    },
  })
  await app.register(httpRoutes({ deps, authentication }))
  await app.register(documentationRoutes)
  await app.register(
    proxyRoutes(deps, { urls, agent: upstreamAgent({ timeoutMs: config.UPSTREAM_TIMEOUT_MS, restartMs: config.UPSTREAM_RESTART_MS }) }),
  )
  return app
}

/** Allows web pages of these origins to call the API. */
async function allowOrigins(app: FastifyInstance, origins: string): Promise<void> {
  await app.register(cors, {
    origin: origins === '*' ? '*' : origins.split(',').map((origin) => origin.trim()),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'last-event-id', 'x-mode', 'x-organization-id', 'x-request-id'],
    exposedHeaders: ['carillon-as-of', 'content-disposition', 'link', 'retry-after', 'x-request-id'],
    strictPreflight: false,
    maxAge: 3_600,
  })
}
