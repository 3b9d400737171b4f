import type { NatsConnection } from 'nats'
import type { Checkpoint } from './checkpoint.ts'

/**
 * How much of a stream is read again after it has lost messages. The outbox keeps published rows for as long, so that it can publish again what a
 * stream has lost.
 */
export const rewindMs = 15 * 60 * 1000

const dayMs = 24 * 60 * 60 * 1000
/** Room for the sequences of a stream. A position fits into a JSON number until the year 2048. */
const sequences = 1e12
const firstDayMs = Date.UTC(2024, 0, 1)

/**
 * The position of a message: its sequence, after a number that says on which day the stream was made. So positions rise also when a stream had to be made
 * anew, and its sequences begin with 1 again.
 */
export function positionIn(streamCreatedAt: Date, sequence: number): number {
  return Math.floor((streamCreatedAt.getTime() - firstDayMs) / dayMs) * sequences + sequence
}

/** When the stream was made. */
export async function createdAt(connection: NatsConnection, stream: string): Promise<Date> {
  const manager = await connection.jetstreamManager()
  const { created } = await manager.streams.info(stream)
  return new Date(created)
}

export type StreamStart = { afterSequence: number } | { atTime: Date; rewound: true }

/**
 * Where reading continues after a checkpoint. A server that crashed can lose the last messages of a stream and give their sequence numbers to other
 * messages. Then the message at the checkpoint is not the one that was read, and the last {@link rewindMs} of the stream are read again.
 */
export async function startOf(connection: NatsConnection, stream: string, checkpoint: Checkpoint): Promise<StreamStart> {
  if (checkpoint.sequence === 0) return { afterSequence: 0 }
  const manager = await connection.jetstreamManager()
  const { state } = await manager.streams.info(stream)
  const again = { atTime: new Date(Date.now() - rewindMs), rewound: true } as const
  if (checkpoint.sequence > state.last_seq) return again
  // The message is older than the stream's first one: its age limit was reached, nothing was lost.
  if (checkpoint.sequence < state.first_seq) return { afterSequence: checkpoint.sequence }
  try {
    const message = await manager.streams.getMessage(stream, { seq: checkpoint.sequence })
    return message.header.get('Nats-Msg-Id') === checkpoint.messageId ? { afterSequence: checkpoint.sequence } : again
  } catch (error) {
    if (error instanceof Error && /no message found/i.test(error.message)) return again
    throw error
  }
}
