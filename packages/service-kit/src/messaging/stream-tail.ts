import type { NatsConnection } from 'nats'

/** A message of a stream: where it was stored, and what it was. */
export interface StreamPosition {
  sequence: number
  messageId: string
}

/** The message is where it was, was removed on purpose, or was lost with everything behind it. */
export type TailState = 'intact' | 'removed' | 'lost'

/**
 * Whether a stream still holds what it acknowledged up to a message. A server that crashed, or came back with an older copy of its data, loses the last
 * messages of a stream and gives their sequence numbers to others: only the id tells. Asks the stream's leader.
 */
export async function tailState(connection: NatsConnection, stream: string, { sequence, messageId }: StreamPosition): Promise<TailState> {
  const manager = await connection.jetstreamManager({ checkAPI: false })
  try {
    const stored = await manager.streams.getMessage(stream, { seq: sequence })
    return stored.header.get('Nats-Msg-Id') === messageId ? 'intact' : 'lost'
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  const { state, config } = await manager.streams.info(stream)
  if (sequence > state.last_seq) return 'lost'
  // The age limit took it, or somebody purged the stream.
  if (sequence < state.first_seq) return 'removed'
  // An order that was carried out leaves its work queue. Elsewhere nothing leaves from the middle of a stream.
  return config.retention === 'workqueue' ? 'removed' : 'lost'
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && /no message found/i.test(error.message)
}

/** Whether the server says that it has no such stream. */
export function isStreamMissing(error: unknown): boolean {
  return error instanceof Error && /stream not found/i.test(error.message)
}
