import { DomainError } from '@carillon/service-kit/domain/domain-error'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Redis } from 'ioredis'
import type { GatewayConfig } from '../config.ts'

interface RateLimitOptions {
  config: Pick<GatewayConfig, 'RATE_LIMIT_PER_MINUTE' | 'FAILED_AUTHENTICATIONS_PER_MINUTE'>
  /** Counts for all replicas together. When absent, each replica counts for itself. */
  redis: Redis | undefined
}

/** Counts a failed authentication of the request's address. Throws a `too_many` {@link DomainError} when there were too many in a minute. */
export type CountFailure = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

const timeWindowMs = 60_000

/**
 * Limits the requests of an organization, those in test mode apart from the others. Returns what counts failed authentications. While Redis is away, nothing is
 * limited: serving requests matters more than a limit.
 */
export async function limitRates(app: FastifyInstance, { config, redis }: RateLimitOptions): Promise<CountFailure> {
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
  return async (request, reply) => {
    const count = await refusals(request)
    if (count.isAllowed || !count.isExceeded) return
    reply.header('retry-after', count.ttlInSeconds)
    throw tooMany(count.ttlInSeconds)
  }
}

function isOpen(request: FastifyRequest): boolean {
  return request.routeOptions.config.role === 'open'
}

function tooMany(seconds: number): DomainError {
  return new DomainError('too_many', 'TooManyRequestsError', `Too many requests. Try again in ${seconds} seconds`)
}
