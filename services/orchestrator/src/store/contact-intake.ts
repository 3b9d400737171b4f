import { pipeline } from 'node:stream/promises'
import { toIso } from '@carillon/contracts/instant'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import type { Tx } from '@carillon/service-kit/postgres/database'

/** Characters of rows that go to the connection at once. */
const chunkLength = 64 * 1024

/**
 * Copies the contacts of a launch by one COPY, however many they are. Memory holds one chunk. Returns how many there were.
 *
 * @param dueAtMs when they are first due.
 */
export async function copyContacts(
  tx: Tx,
  executionId: string,
  dueAtMs: number,
  batches: AsyncIterable<SnapshotContact[]>,
): Promise<number> {
  const dueAt = toIso(dueAtMs)
  let count = 0
  async function* rows() {
    let chunk = ''
    for await (const batch of batches) {
      for (const { id, phone, firstName, lastName, attributes } of batch) {
        const names = `${field(firstName)}\t${field(lastName)}`
        chunk += `${executionId}\t${id}\t${field(phone)}\t${names}\t${field(JSON.stringify(attributes))}\t${dueAt}\n`
      }
      count += batch.length
      if (chunk.length < chunkLength) continue
      yield chunk
      chunk = ''
    }
    if (chunk !== '') yield chunk
  }
  const copy = tx.sql`
    copy execution_contacts (execution_id, contact_id, phone, first_name, last_name, attributes, due_at) from stdin`
  await pipeline(rows, await copy.writable())
  return count
}

const special = /[\\\t\n\r]/g
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A value in COPY's text format (PostgreSQL, COPY, "Text Format"). */
function field(value: string | null): string {
  if (value === null) return '\\N'
  return value.replace(special, (character) => escapes[character] ?? character)
}
