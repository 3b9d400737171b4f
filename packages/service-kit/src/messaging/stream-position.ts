import type { NatsConnection } from 'nats'
import type { Checkpoint } from './checkpoint.ts'
import { tailState } from './stream-tail.ts'

/**
 * How much of a stream is read again after it has lost messages. The outbox keeps published rows for as long, so that it can publish again what a
 * stream has lost.
 */
export const rewindMs = 15 * 60 * 1000

/** More than a stream takes in a second. A position fits into a JSON number until the year 2300. */
const perSecond = 1_000_000
const firstSecond = Date.UTC(2024, 0, 1) / 1000

/**
 * The position of a message: its sequence, after a number that says in which second the stream was made. So positions rise also when a stream had to be made
 * anew, and its sequences begin with 1 again: until then it took fewer messages a second than there is room for.
 */
export function positionIn(streamCreatedAt: Date, sequence: number): number {
  return (Math.floor(streamCreatedAt.getTime() / 1000) - firstSecond) * perSecond + sequence
}

/** When the stream was made. */
export async function createdAt(connection: NatsConnection, stream: string): Promise<Date> {
  const manager = await connection.jetstreamManager()
  const { created } = await manager.streams.info(stream)
  return new Date(created)
}

export type StreamStart = { afterSequence: number } | { atTime: Date; rewound: true }

/**
 * Where reading continues after a checkpoint. If the message at the checkpoint is not the one that was read, the stream has lost messages, and what
 * was published again may lie anywhere behind the point of the loss. Everything is read again from {@link rewindMs} before the checkpoint was written:
 * however long ago that was, what was stored earlier had been read.
 *
 * @param writtenAt when the checkpoint was written, by the database's clock. It may differ from the NATS server's by minutes.
 */
export async function startOf(
  connection: NatsConnection,
  stream: string,
  checkpoint: Checkpoint,
  writtenAt: () => Promise<Date>,
): Promise<StreamStart> {
  if (checkpoint.sequence === 0) return { afterSequence: 0 }
  const state = await tailState(connection, stream, checkpoint)
  if (state !== 'lost') return { afterSequence: checkpoint.sequence }
  return { atTime: new Date((await writtenAt()).getTime() - rewindMs), rewound: true }
}
