import type { Database, Tx } from '../postgres/database.ts'
import { LaneLostError } from './projection.ts'

/** How far a projection has read a lane: the stream sequence and the id of the last message that it processed. */
export interface Checkpoint {
  sequence: number
  /** Empty at the beginning of the stream. */
  messageId: string
}

/** Reads a lane's checkpoint. A lane without one gets a checkpoint at the beginning of the stream. */
export async function readCheckpoint(database: Database, projection: string, lane: number): Promise<Checkpoint> {
  await database.sql`insert into checkpoints (projection, lane) values (${projection}, ${lane}) on conflict do nothing`
  const [row] = await database.sql<{ sequence: number; message_id: string | null }[]>`
    select sequence, message_id from checkpoints where projection = ${projection} and lane = ${lane}`
  return { sequence: row?.sequence ?? 0, messageId: row?.message_id ?? '' }
}

/** When the checkpoint was moved last, in the database's real time. */
export async function checkpointWrittenAt(database: Database, projection: string, lane: number): Promise<Date> {
  const [row] = await database.sql<{ updated_at: Date }[]>`
    select updated_at from checkpoints where projection = ${projection} and lane = ${lane}`
  if (!row) throw laneLost(projection, lane)
  return row.updated_at
}

/** Moves the checkpoint. Throws {@link LaneLostError} if it is not at `from`, because another reader has moved it. */
export async function moveCheckpoint(tx: Tx, projection: string, lane: number, from: Checkpoint, to: Checkpoint): Promise<void> {
  const moved = await tx.sql`
    update checkpoints set sequence = ${to.sequence}, message_id = ${to.messageId}, updated_at = clock_timestamp()
    where projection = ${projection} and lane = ${lane} and sequence = ${from.sequence} and coalesce(message_id, '') = ${from.messageId}`
  if (moved.count !== 1) throw laneLost(projection, lane)
}

/** Locks the checkpoint until the transaction ends, so that no other reader moves it. Throws {@link LaneLostError} if it is not at `at`. */
export async function holdCheckpoint(tx: Tx, projection: string, lane: number, at: Checkpoint): Promise<void> {
  const rows = await tx.sql`
    select 1 from checkpoints
    where projection = ${projection} and lane = ${lane} and sequence = ${at.sequence} and coalesce(message_id, '') = ${at.messageId}
    for update`
  if (rows.length !== 1) throw laneLost(projection, lane)
}

function laneLost(projection: string, lane: number): LaneLostError {
  return new LaneLostError(`${projection}: lane ${lane} is read by another replica`)
}
