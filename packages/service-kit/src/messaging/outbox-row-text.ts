import type { OutboxRow } from './outbox.ts'
import type { UnsendableMessage } from './outbox-rows.ts'
import type { OutgoingMessage } from './stream-publisher.ts'

export interface ParsedRow {
  row: OutboxRow
  messages: OutgoingMessage[]
}

export function parseRow(row: OutboxRow): ParsedRow {
  const messages = row.messages.split('\n').map((line) => {
    const [subject = '', id = '', payload = ''] = line.split('\t', 3)
    return { subject, id, payload }
  })
  return { row, messages }
}

/** `NATS/1.0`, one header with the id, and the blank line. */
const headerBytes = 'NATS/1.0\r\nNats-Msg-Id: \r\n\r\n'.length

/** The messages of a row that the server would refuse, because with their headers they are larger than it takes. */
export function unsendableIn(rowId: number, messages: readonly OutgoingMessage[], maxBytes = 1_048_576): UnsendableMessage[] {
  return messages.flatMap(({ subject, id, payload }, position) => {
    if ((payload.length + id.length) * 3 + headerBytes <= maxBytes) return []
    const bytes = Buffer.byteLength(payload) + Buffer.byteLength(id) + headerBytes
    if (bytes <= maxBytes) return []
    return [
      { rowId, position, subject, payload, error: `the message has ${bytes} bytes with its headers; the server takes at most ${maxBytes}` },
    ]
  })
}
