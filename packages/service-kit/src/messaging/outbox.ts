import { laneOf } from '@carillon/contracts/lane'
import { type StreamName, subjectOf } from '@carillon/contracts/streams'
import { DomainError } from '../domain/domain-error.ts'
import type { Tx } from '../postgres/database.ts'

/** A message that a transaction publishes when it commits. */
export interface OutboxMessage {
  stream: StreamName
  /** Messages with the same key keep their order: the id of the execution or job, else of the program. */
  laneKey: string
  message: { id: string; type: string }
}

/** Tells the relay what a committed transaction has written, so that it need not poll or read the rows. */
export interface OutboxSignal {
  committed(rows: readonly OutboxRow[]): void
}

export interface OutboxRow {
  id: number
  stream: string
  /** One a line: subject, tab, message id, tab, JSON. */
  messages: string
}

/** A NATS server takes messages of at most 1 MiB, with their headers, unless it is configured otherwise. */
export const maxMessageBytes = 1_000_000

/** Messages in one row at most. The relay publishes and marks whole rows. */
const rowSize = 500

/**
 * Writes messages to the outbox in the transaction that decides them. They are published in this order after it has committed. A row holds many
 * messages of one stream, which is cheaper than a row for each. Throws a {@link DomainError} if a message is larger than {@link maxMessageBytes}: it
 * could never be sent.
 */
export async function appendToOutbox(tx: Tx, signal: OutboxSignal, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return
  const lines = new Map<StreamName, string[]>()
  for (const { stream, laneKey, message } of messages) {
    const json = JSON.stringify(message)
    assertSendable(message, json)
    const line = `${subjectOf(stream, laneOf(laneKey), message.type)}\t${message.id}\t${json}`
    const streamLines = lines.get(stream)
    if (streamLines) streamLines.push(line)
    else lines.set(stream, [line])
  }
  const rows: OutboxRow[] = []
  for (const [stream, streamLines] of lines) {
    for (let start = 0; start < streamLines.length; start += rowSize) {
      const part = streamLines.slice(start, start + rowSize)
      const text = part.join('\n')
      const [row] = await tx.sql<{ id: number }[]>`
        insert into outbox (stream, messages, message_count) values (${stream}, ${text}, ${part.length}) returning id`
      if (row) rows.push({ id: row.id, stream, messages: text })
    }
  }
  tx.afterCommit(() => signal.committed(rows))
}

/** A character takes at most three bytes of UTF-8, so most messages need not be measured. */
function assertSendable({ id, type }: OutboxMessage['message'], json: string): void {
  if (json.length * 3 <= maxMessageBytes) return
  const bytes = Buffer.byteLength(json)
  if (bytes > maxMessageBytes) {
    throw new DomainError(
      'too_large',
      'PayloadTooLargeError',
      `The message ${type} ${id} has ${bytes} bytes; at most ${maxMessageBytes} can be sent`,
    )
  }
}
