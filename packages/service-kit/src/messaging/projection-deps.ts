import type { NatsConnection } from 'nats'
import type { Database } from '../postgres/database.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import type { Permits } from '../process/permits.ts'

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
