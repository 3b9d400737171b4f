import type { NatsConnection } from 'nats'
import type { LimitFunction } from 'p-limit'
import type { Database } from '../postgres/database.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import type { Watchdog } from '../process/watchdog.ts'

/** What a running projection needs. */
export interface ProjectionDeps {
  database: Database
  connection: NatsConnection
  logger: Logger
  metrics: Metrics
  /** Unique to this process. */
  replicaId: string
  leaseTtlMs: number
  /** Limits the batches that are applied at once: a process that catches up holds no more in memory, however many lanes it reads. */
  limitBatches: LimitFunction
  watchdog: Watchdog
  /** After this time a step of a lane is given up, and the lane opened again. Two minutes when absent. */
  stepLimitMs?: number
}
