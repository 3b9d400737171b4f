import type { NatsConnection } from 'nats'
import type { Database } from './database.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import type { Permits } from './permits.ts'

/** What a running projection stands on. */
export interface ProjectionDeps {
  database: Database
  connection: NatsConnection
  logger: Logger
  metrics: Metrics
  /** Unique to this process. */
  replicaId: string
  leaseTtlMs: number
  /** Batches in work at once: a process that catches up holds so many in memory, whatever the number of its lanes. */
  batches: Permits
}
