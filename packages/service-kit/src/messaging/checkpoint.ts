import type { Database, Tx } from '../postgres/database.ts'
import { LaneLost } from './projection.ts'

/** Where a projection stands in a lane: the stream sequence of the last message it has dealt with, and that message's id. */
export interface Checkpoint {
  sequence: number
  messageId: string
}

/** Reads a lane's checkpoint, making it at the stream's beginning where there is none. */
export async function readCheckpoint(database: Database, projection: string, lane: number): Promise<Checkpoint> {
  await database.sql`insert into checkpoints (projection, lane) values (${projection}, ${lane}) on conflict do nothing`
  const [row] = await database.sql<{ sequence: number; message_id: string | null }[]>`
    select sequence, message_id from checkpoints where projection = ${projection} and lane = ${lane}`
  return { sequence: row?.sequence ?? 0, messageId: row?.message_id ?? '' }
}

/** Moves the checkpoint from where this reader believes it to be; throws {@link LaneLost} if another reader has moved it. */
export async function moveCheckpoint(tx: Tx, projection: string, lane: number, from: Checkpoint, to: Checkpoint): Promise<void> {
  const moved = await tx.sql`
    update checkpoints set sequence = ${to.sequence}, message_id = ${to.messageId}, updated_at = clock_timestamp()
    where projection = ${projection} and lane = ${lane} and sequence = ${from.sequence} and coalesce(message_id, '') = ${from.messageId}`
  if (moved.count !== 1) throw new LaneLost(`${projection}: lane ${lane} is read by another replica`)
}

/** Locks the checkpoint where this reader believes it to be, for work beside the stream; throws {@link LaneLost} otherwise. */
export async function holdCheckpoint(tx: Tx, projection: string, lane: number, at: Checkpoint): Promise<void> {
  const rows = await tx.sql`
    select 1 from checkpoints
    where projection = ${projection} and lane = ${lane} and sequence = ${at.sequence} and coalesce(message_id, '') = ${at.messageId}
    for update`
  if (rows.length !== 1) throw new LaneLost(`${projection}: lane ${lane} is read by another replica`)
}
