import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import type { Database } from '@carillon/service-kit/postgres/database'
import { getTableName } from 'drizzle-orm'
import type { ReadModel } from './read-model.ts'

/** A stream no longer holds all its events. A rebuild would lose what the missing ones said. */
export class HistoryIncompleteError extends Error {
  override name = 'HistoryIncompleteError'
}

/**
 * Empties these read models and sets them back to the beginning of their streams. The running replicas, or the next one to start, read the
 * streams again. Throws {@link HistoryIncompleteError}, with nothing changed, if retention has removed events from a stream.
 */
export async function rebuild(database: Database, nats: NatsConnection, readModels: readonly ReadModel[]): Promise<void> {
  const manager = await nats.jetstreamManager()
  for (const { projection } of readModels) {
    const { state } = await manager.streams.info(projection.stream)
    if (state.first_seq > 1) {
      throw new HistoryIncompleteError(`stream ${projection.stream} begins at ${state.first_ts}: older events are gone`)
    }
  }
  await emptyReadModels(database, readModels)
}

/** Empties these read models and forgets how far they were read, in one transaction. Reports then show what has been read again so far. */
export async function emptyReadModels(database: Database, readModels: readonly ReadModel[]): Promise<void> {
  const projections = readModels.map(({ projection }) => projection.name)
  const tables = readModels.flatMap((readModel) => readModel.tables).map(getTableName)
  await database.transaction(async ({ sql }) => {
    // Checkpoints first, in the order in which a batch writes: a batch in progress either commits before this, or fails.
    await sql`delete from checkpoints where projection = any(${projections}::text[])`
    // A replica with nothing to read would not notice. Without its leases it takes the lanes again and reads their checkpoints.
    await sql`
      delete from leases using unnest(${projections}::text[]) as emptied (projection)
      where starts_with(leases.name, emptied.projection || '/')`
    await sql`delete from dead_letters where projection = any(${projections}::text[])`
    await sql`truncate ${sql(tables)}`
  })
}
