import { randomUUID } from 'node:crypto'
import { type Identity, includesRole, type Role } from '@carillon/contracts/identity'
import fastifySwagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { DomainError, forbiddenInTestMode } from '../domain/domain-error.ts'
import { forOrganization } from '../postgres/organization-scope.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { OverdueError } from '../process/watchdog.ts'
import { drainable } from './drain.ts'
import { replyToBrokenRequest, replyToUnroutable, replyWithErrors } from './error-replies.ts'
import { type InternalAuth, identityHeader } from './internal-auth.ts'
import { readJsonBodies } from './json-body.ts'
import { openApiOptions, withNamedSchemas } from './openapi.ts'
import { requestValidator } from './request-validator.ts'
import { type BodyPace, refuseSlowBodies } from './slow-bodies.ts'
import { refuseUndefined } from './strict-requests.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Comes before `close`: returns when the clients have left their connections, or after a few seconds. Until then, requests are served. */
    drain(): Promise<void>
    /** The OpenAPI document that the service answers `/openapi.json` with. Every route must be registered. */
    openApiDocument(): Promise<object>
  }
  interface FastifyRequest {
    /** Who is calling; set on every route but the open ones. */
    identity: Identity
  }
  interface FastifyContextConfig {
    /** Least role that may call the route (contract rule 25); `open` for no authentication at all. */
    role?: Role | 'open'
    /** The handler sees the rows of all organizations. Without it, those of the caller's organization alone. */
    acrossOrganizations?: boolean
    /** The route changes what test mode must not touch: it refuses requests in test mode. */
    liveOnly?: boolean
  }
}

export interface HttpAppOptions {
  /** Title of the service's part of the OpenAPI document. */
  title: string
  logger: Logger
  metrics: Metrics
  auth: InternalAuth
  /** Identifies the caller instead of the gateway's token. Throws an `unauthenticated` {@link DomainError}. */
  authenticate?: (request: FastifyRequest, reply: FastifyReply) => Promise<Identity>
  /** Adds hooks that run before authentication, also for requests that are then refused. */
  beforeAuthentication?: (app: FastifyInstance) => Promise<void>
  /** Makes the answer of `/openapi.json` from the service's own part. */
  document?: (own: object) => Promise<object>
  /** Addresses or CIDR ranges of the proxies in front, separated by commas. Only their `X-Forwarded-For` is trusted. */
  trustProxy?: string
  /** Throws while the service cannot do its work. */
  ready: () => Promise<void>
  bodyLimitBytes?: number
  /** Handlers see and change the rows of the caller's organization alone, whatever their statements say. */
  rowSecurity?: boolean
  /** How fast a body must arrive. */
  bodyPace?: BodyPace
}

/** The HTTP side of a service, without its routes: validation, errors, authentication, health, metrics, OpenAPI. */
export async function createHttpApp(options: HttpAppOptions) {
  const app = Fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    // The hook below writes one line per answered request. The framework would write two.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID()
    },
    bodyLimit: options.bodyLimitBytes ?? 1_048_576,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // What arrives on a kept connection while the server closes is served, and the connection told to end.
    return503OnClosing: false,
    frameworkErrors: replyToUnroutable,
    clientErrorHandler: replyToBrokenRequest,
    ...(options.trustProxy === undefined ? {} : { trustProxy: options.trustProxy }),
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.decorateRequest('identity')
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  })
  const draining = drainable(app)
  refuseSlowBodies(app, options.bodyPace)
  replyWithErrors(app)
  app.setValidatorCompiler(requestValidator())
  readJsonBodies(app)
  await options.beforeAuthentication?.(app)
  await app.register(fastifySwagger, openApiOptions(options.title))

  const authenticate = options.authenticate ?? ((request: FastifyRequest) => options.auth.verify(singleHeader(request, identityHeader)))
  app.addHook('onRequest', async (request, reply) => {
    const role = request.routeOptions.config.role ?? 'platform_admin'
    if (request.is404 || role === 'open') return
    request.identity = await authenticate(request, reply)
    if (!includesRole(request.identity.role, role)) {
      throw new DomainError('forbidden', 'ForbiddenError', `This needs the role ${role}`)
    }
    if (request.routeOptions.config.liveOnly === true && request.identity.test) throw forbiddenInTestMode()
  })
  // The last hook before the handler: a hook that reads the body ends in another context.
  app.addHook('preHandler', (request, _reply, done) => {
    const { role, acrossOrganizations } = request.routeOptions.config
    if (!options.rowSecurity || request.is404 || role === 'open' || acrossOrganizations) return done()
    forOrganization(request.identity.organizationId, done)
  })
  refuseUndefined(app)
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    options.metrics.httpDuration.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
    if (!route.startsWith('/health') && !route.startsWith('/ready') && !route.startsWith('/metrics')) {
      request.log.info(
        // Without the query: people search for names and numbers.
        { method: request.method, path: pathOf(request), status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) },
        'request answered',
      )
    }
  })

  const hidden = { schema: { hide: true }, config: { role: 'open' as const } }
  app.get('/health', hidden, async () => ({ status: 'ok' }))
  app.get('/ready', hidden, async (_request, reply) => {
    if (draining.hasBegun()) return reply.code(503).send({ status: 'stopping' })
    try {
      await options.ready()
      return { status: 'ready' }
    } catch (error) {
      options.logger.warn({ err: error }, 'not ready')
      const overdue = error instanceof OverdueError ? { overdue: error.overdue } : {}
      return reply.code(503).send({ status: 'not ready', ...overdue })
    }
  })
  app.get('/metrics', hidden, async (_request, reply) => {
    return reply.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics())
  })
  app.decorate('openApiDocument', async () => {
    const own = withNamedSchemas(app.swagger())
    return options.document?.(own) ?? own
  })
  app.get('/openapi.json', hidden, () => app.openApiDocument())
  return app
}

export type HttpApp = Awaited<ReturnType<typeof createHttpApp>>

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}

function singleHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
