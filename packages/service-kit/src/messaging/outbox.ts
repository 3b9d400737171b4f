import { laneOf } from '@carillon/contracts/lane'
import { type StreamName, subjectOf } from '@carillon/contracts/streams'
import type { Tx } from '../postgres/database.ts'

/** A message that a transaction decides to publish. */
export interface OutboxMessage {
  stream: StreamName
  /** What orders it: the execution's or the job's id, else the program's. */
  laneKey: string
  message: { id: string; type: string }
}

/** Told after a commit of what it wrote to the outbox: the relay need not wait for its next look, nor read the row again. */
export interface OutboxSignal {
  committed(rows: readonly OutboxRow[]): void
}

export interface OutboxRow {
  id: number
  /** One a line: subject, tab, message id, tab, JSON. */
  messages: string
}

/**
 * Writes messages to the outbox, in the transaction that decides them; they are published in this order once it has committed.
 * One row per stream, however many messages: the cost of a row is spread over the batch.
 */
export async function appendToOutbox(tx: Tx, signal: OutboxSignal, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return
  const lines = new Map<StreamName, string[]>()
  for (const { stream, laneKey, message } of messages) {
    const line = `${subjectOf(stream, laneOf(laneKey), message.type)}\t${message.id}\t${JSON.stringify(message)}`
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
      if (row) rows.push({ id: row.id, messages: text })
    }
  }
  tx.afterCommit(() => signal.committed(rows))
}

/** Messages in one row, at most: a row is what the relay publishes and marks at once. */
const rowSize = 500
