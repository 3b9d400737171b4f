import type { NatsConnection } from 'nats'
import type { Checkpoint } from './checkpoint.ts'

/** How far back the stream is read again when it is not the one that was read. The outbox keeps as much. */
const rewindMs = 15 * 60 * 1000

export type StreamStart = { afterSequence: number } | { atTime: Date; rewound: true }

/**
 * Where reading begins after a checkpoint. A server that died may come back with a stream that lost its last messages and has since given
 * their sequence numbers to others: the message at the checkpoint is then not the one that was read, and the tail is read again by time.
 */
export async function startOf(connection: NatsConnection, stream: string, checkpoint: Checkpoint): Promise<StreamStart> {
  if (checkpoint.sequence === 0) return { afterSequence: 0 }
  const manager = await connection.jetstreamManager()
  const { state } = await manager.streams.info(stream)
  const again = { atTime: new Date(Date.now() - rewindMs), rewound: true } as const
  if (checkpoint.sequence > state.last_seq) return again
  // Older than anything the stream still holds: retention took it, which is no sign of loss.
  if (checkpoint.sequence < state.first_seq) return { afterSequence: checkpoint.sequence }
  try {
    const message = await manager.streams.getMessage(stream, { seq: checkpoint.sequence })
    return message.header.get('Nats-Msg-Id') === checkpoint.messageId ? { afterSequence: checkpoint.sequence } : again
  } catch (error) {
    if (error instanceof Error && /no message found/i.test(error.message)) return again
    throw error
  }
}
