import type { NatsConnection } from 'nats'
import type { Database } from './database.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

/** What a running projection stands on. */
export interface ProjectionDeps {
  database: Database
  connection: NatsConnection
  logger: Logger
  metrics: Metrics
  /** Unique to this process. */
  replicaId: string
  leaseTtlMs: number
}
