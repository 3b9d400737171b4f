import type { Identity } from '@carillon/contracts/identity'
import { invalidField } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import { isRequestInstant } from '@carillon/service-kit/process/formats'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { csvFile } from '../csv/csv-file.ts'
import type { CsvRecord } from '../csv/records.ts'
import { dncAdded } from '../domain/dnc-event.ts'
import { type DncRejectionReason, type DncRowReading, type ImportedDncEntry, readDncRow, recognizeDncColumns } from '../domain/dnc-row.ts'
import { isBlankRow } from '../domain/import-row.ts'
import { withOrderedIds } from '../ordered-ids.ts'
import { putDncEntries } from '../store/dnc-entries.ts'
import { fileTooLarge, importLimits, withinLimit } from './import-limits.ts'

/** Entries in one transaction, and in one event. */
const batchSize = 1_000
/** Rejected rows that are told one by one. */
const shownRejections = 1_000

export interface DncImportRequest {
  identity: Identity
  country: string
  extensions: boolean
  requestId: string
}

/** What became of the rows: `rows` = `added` + `updated` + `rejected`. `rejections` holds the first of the rejected ones. */
export interface DncImportCounts {
  rows: number
  added: number
  updated: number
  rejected: number
  rejections: { line: number; reason: DncRejectionReason; value: string }[]
}

/**
 * Imports a CSV file of numbers that must not be called, while its bytes arrive; memory holds one batch, never the file. The batches before a failure
 * stay, and the same file again completes them. Throws a `ValidationError` at `/headers` for a file without a phone column.
 */
export async function importDncEntries(
  deps: ServiceDeps,
  request: DncImportRequest,
  bytes: AsyncIterable<Uint8Array>,
  limits = importLimits,
): Promise<DncImportCounts> {
  return withinLimit(request.identity.organizationId, limits, async () => {
    const file = csvFile()
    const counts: DncImportCounts = { rows: 0, added: 0, updated: 0, rejected: 0, rejections: [] }
    let reading: DncRowReading | undefined
    let batch = new Map<string, ImportedDncEntry>()
    let length = 0

    async function take(record: CsvRecord): Promise<void> {
      if (!reading) {
        reading = { columns: columnsOf(record), country: request.country, extensions: request.extensions, isInstant: isRequestInstant }
        return
      }
      if (isBlankRow(record.fields)) return
      if (counts.rows >= limits.rows) throw fileTooLarge(`${limits.rows} rows`)
      counts.rows++
      const row = readDncRow(record, reading)
      if (!row.ok) {
        counts.rejected++
        if (counts.rejections.length < shownRejections) counts.rejections.push({ line: record.line, reason: row.reason, value: row.value })
        return
      }
      if (batch.has(row.entry.phone)) counts.updated++
      batch.set(row.entry.phone, row.entry)
      if (batch.size >= batchSize) await write()
    }

    async function write(): Promise<void> {
      const entries = [...batch.values()]
      batch = new Map()
      if (entries.length === 0) return
      const added = await writeBatch(deps, request, entries)
      counts.added += added
      counts.updated += entries.length - added
    }

    for await (const chunk of bytes) {
      length += chunk.length
      if (length > limits.bytes) throw fileTooLarge(`${limits.bytes} bytes`)
      for (const record of file.push(chunk)) await take(record)
    }
    for (const record of file.end()) await take(record)
    if (!reading) throw invalidField('/headers', 'the file is empty')
    await write()
    return counts
  })
}

/** Writes a batch and the event that tells of it. Returns how many entries are new. */
async function writeBatch(
  { database, clock, outbox }: ServiceDeps,
  { identity: { organizationId }, requestId }: DncImportRequest,
  entries: readonly ImportedDncEntry[],
): Promise<number> {
  return database.transaction(async (tx) => {
    const atMs = clock.now()
    const added = await putDncEntries(tx, { organizationId, source: 'import', at: new Date(atMs) }, withOrderedIds(entries, atMs))
    const message = dncAdded(organizationId, entries, { id: uuidv7(atMs), atMs, requestId })
    await appendToOutbox(tx, outbox, [{ stream: 'PROGRAMS', laneKey: organizationId, message }])
    return added
  })
}

function columnsOf({ fields, tooLong }: CsvRecord) {
  if (tooLong) throw invalidField('/headers', 'the first line is too long for a header')
  const columns = recognizeDncColumns(fields)
  if (columns) return columns
  const found = fields.map((name) => JSON.stringify(name.trim().slice(0, 40))).join(', ')
  throw invalidField('/headers', `no column is a phone number; the columns are ${found.slice(0, 500)}`)
}
