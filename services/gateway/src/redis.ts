import type { Logger } from '@carillon/service-kit/process/logger'
import { Redis } from 'ioredis'

/** Connects to Redis for data that may be lost. While the server is away, commands fail at once and the client goes on reconnecting. */
export function connectRedis(url: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 500,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  let isAway = false
  redis.on('error', (error) => {
    if (!isAway) logger.warn({ err: error }, 'Redis is away: no rate limit applies')
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway) logger.info('Redis is back')
    isAway = false
  })
  return redis
}
