import { DomainError } from '@carillon/service-kit/domain/domain-error'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Redis } from 'ioredis'
import type { GatewayConfig } from '../config.ts'

interface RateLimitOptions {
  config: Pick<GatewayConfig, 'RATE_LIMIT_PER_MINUTE' | 'FAILED_AUTHENTICATIONS_PER_MINUTE'>
  /** Counts for all replicas; each replica for itself when absent. */
  redis: Redis | undefined
  /** A request with a key that was recognized a moment ago: who shares an address with a stranger is not locked out by them. */
  isKnown(request: FastifyRequest): boolean
}

const timeWindow = 60_000

/**
 * Limits the requests of an organization, and, before anything is looked up for them, those from an address that was refused too often.
 * While Redis is away everything passes: a limit is no reason to stop.
 */
export async function limitRates(app: FastifyInstance, { config, redis, isKnown }: RateLimitOptions): Promise<void> {
  await app.register(rateLimit, {
    max: config.RATE_LIMIT_PER_MINUTE,
    timeWindow,
    // A key is asked for even where nothing is counted, and an open route has no caller.
    keyGenerator: (request) => (isOpen(request) ? 'open' : `organization:${request.identity.organizationId}`),
    allowList: isOpen,
    skipOnError: true,
    nameSpace: 'gateway:rate:',
    errorResponseBuilder: (_request, { ttl }) => tooMany(Math.ceil(ttl / 1000)),
    ...(redis ? { redis } : {}),
  })

  const refusals = app.createRateLimit({
    max: config.FAILED_AUTHENTICATIONS_PER_MINUTE,
    timeWindow,
    keyGenerator: (request) => `refused:${request.ip}`,
    allowList: [],
  })
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404 || isOpen(request) || isKnown(request)) return
    const count = await refusals(request, { increment: false })
    // What was counted is already refused: the limit itself is reached, not passed.
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
  return new DomainError('too_many', 'TooManyRequestsError', `Too many requests: try again in ${seconds} seconds`)
}
