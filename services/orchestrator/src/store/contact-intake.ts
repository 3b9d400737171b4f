import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { toIso } from '@carillon/contracts/instant'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import type { Tx } from '@carillon/service-kit/postgres/database'

/** Characters of rows that go to the connection at once. */
const chunkLength = 64 * 1024

/** Rows of contacts, ready to be copied. */
export interface ContactRows {
  readonly count: number
  /** Characters in all. */
  readonly length: number
  add(contact: SnapshotContact, zone: string): void
  /** Writes them by one COPY. */
  copy(tx: Tx): Promise<void>
}

/** @param dueAtMs when the contacts are first due. */
export function contactRows(executionId: string, dueAtMs: number): ContactRows {
  const dueAt = toIso(dueAtMs)
  const chunks: string[] = []
  let chunk = ''
  let count = 0
  let length = 0
  return {
    get count() {
      return count
    },
    get length() {
      return length
    },
    add({ id, phone, firstName, lastName, attributes }, zone) {
      const names = `${field(firstName)}\t${field(lastName)}`
      const row = `${executionId}\t${id}\t${field(phone)}\t${names}\t${field(JSON.stringify(attributes))}\t${zone}\t${dueAt}\n`
      count++
      length += row.length
      chunk += row
      if (chunk.length < chunkLength) return
      chunks.push(chunk)
      chunk = ''
    },
    async copy(tx) {
      const copying = tx.sql`
        copy execution_contacts (execution_id, contact_id, phone, first_name, last_name, attributes, zone, due_at) from stdin`
      await pipeline(Readable.from([...chunks, chunk]), await copying.writable())
    },
  }
}

const special = /[\\\t\n\r]/g
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A value in COPY's text format (PostgreSQL, COPY, "Text Format"). */
function field(value: string | null): string {
  if (value === null) return '\\N'
  return value.replace(special, (character) => escapes[character] ?? character)
}
