import { DomainError } from '@carillon/service-kit/domain/domain-error'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Redis } from 'ioredis'
import type { GatewayConfig } from '../config.ts'

interface RateLimitOptions {
  config: Pick<GatewayConfig, 'RATE_LIMIT_PER_MINUTE' | 'FAILED_AUTHENTICATIONS_PER_MINUTE'>
  /** Counts for all replicas together. When absent, each replica counts for itself. */
  redis: Redis | undefined
  /** Whether the request's API key was recognized a moment ago. Then its address is not checked: others may use the same address. */
  isKnown(request: FastifyRequest): boolean
}

const timeWindowMs = 60_000

/**
 * Limits the requests of an organization, those in test mode apart from the others. Before that, and before any lookup, it refuses an address that failed to authenticate too often. While
 * Redis is away, nothing is limited: serving requests matters more than a limit.
 */
export async function limitRates(app: FastifyInstance, { config, redis, isKnown }: RateLimitOptions): Promise<void> {
  await app.register(rateLimit, {
    max: config.RATE_LIMIT_PER_MINUTE,
    timeWindow: timeWindowMs,
    // The plugin calls this for open routes too, which are not counted and have no caller.
    keyGenerator: (request) =>
      isOpen(request) ? 'open' : `${request.identity.test ? 'test' : 'organization'}:${request.identity.organizationId}`,
    allowList: isOpen,
    skipOnError: true,
    nameSpace: 'gateway:rate:',
    errorResponseBuilder: (_request, { ttl }) => tooMany(Math.ceil(ttl / 1000)),
    ...(redis ? { redis } : {}),
  })

  const refusals = app.createRateLimit({
    max: config.FAILED_AUTHENTICATIONS_PER_MINUTE,
    timeWindow: timeWindowMs,
    keyGenerator: (request) => `refused:${request.ip}`,
    allowList: [],
  })
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404 || isOpen(request) || isKnown(request)) return
    const count = await refusals(request, { increment: false })
    // Only refusals are counted, so an address at the limit is over it already.
    if (count.isAllowed || count.remaining > 0) return
    reply.header('retry-after', count.ttlInSeconds)
    throw tooMany(count.ttlInSeconds)
  })
  app.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode === 401) await refusals(request)
  })
}

function isOpen(request: FastifyRequest): boolean {
  return request.routeOptions.config.role === 'open'
}

function tooMany(seconds: number): DomainError {
  return new DomainError('too_many', 'TooManyRequestsError', `Too many requests. Try again in ${seconds} seconds`)
}
