import type { ProjectedEvent, Projection } from '@carillon/service-kit/messaging/projection'
import type { PgTable } from 'drizzle-orm/pg-core'

/** One version of a read model: how it is made from a stream, and where it is kept. */
export interface ReadModel {
  /** Its name is the read model's name and version, such as `calls-v1`, and the key of its checkpoints. */
  readonly projection: Projection<ProjectedEvent>
  /** Every table that the projection fills, and no other. A rebuild empties them, and those that are partitioned get their partitions. */
  readonly tables: readonly PgTable[]
}
