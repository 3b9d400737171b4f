import type { ServiceDeps } from '@carillon/service-kit/service'
import type { CsvRecord } from '../csv/records.ts'
import { type RowReading, readRow } from '../domain/import-row.ts'
import { audienceNotFound } from '../domain/not-found.ts'
import { withOrderedIds } from '../ordered-ids.ts'
import { holdAudience } from '../store/audiences.ts'
import { addToImport, insertImportProblems, type StoredRejection, type StoredWarning } from '../store/contact-imports.ts'
import { type IncomingContact, upsertContacts } from '../store/imported-contacts.ts'

/** Rows in one transaction, at most. */
const batchSize = 1_000

/** What an import writes to, and how it reads its rows. */
export interface RunningImport {
  importId: string
  organizationId: string
  audienceId: string | null
  reading: RowReading
}

/**
 * Takes the rows of an import one by one and writes them in batches, each in a transaction of its own with its counts: whatever ends an import
 * halfway leaves whole batches behind, and counts that are true of them.
 */
export function importBatch({ database, clock }: ServiceDeps, running: RunningImport) {
  const { importId, organizationId, audienceId, reading } = running
  let contacts = new Map<string, Omit<IncomingContact, 'id'>>()
  let rejections: StoredRejection[] = []
  let warnings: StoredWarning[] = []
  let rows = 0
  let repeated = 0

  function take(record: CsvRecord): void {
    rows++
    const row = readRow(record, reading)
    if (!row.ok) {
      rejections.push({ line: record.line, reason: row.reason, value: row.value })
      return
    }
    const { contact } = row
    for (const [ordinal, warning] of row.warnings.entries()) warnings.push({ line: record.line, ordinal, ...warning })
    if (contacts.has(contact.phone)) {
      repeated++
      return
    }
    contacts.set(contact.phone, { ...contact, attributes: JSON.stringify(contact.attributes) })
  }

  async function write(): Promise<void> {
    if (rows === 0) return
    await database.transaction(async (tx) => {
      if (audienceId !== null && !(await holdAudience(tx, organizationId, audienceId))) throw audienceNotFound(audienceId)
      const now = clock.now()
      const target = { organizationId, importId, audienceId, at: new Date(now) }
      const { created, updated } = await upsertContacts(tx, target, withOrderedIds([...contacts.values()], now))
      await insertImportProblems(tx, importId, rejections, warnings)
      const duplicates = repeated + contacts.size - created - updated
      await addToImport(tx, importId, { rows, created, updated, duplicates, rejected: rejections.length, warned: warnings.length })
    })
    contacts = new Map()
    rejections = []
    warnings = []
    rows = 0
    repeated = 0
  }

  return {
    take,
    isFull: () => rows >= batchSize,
    /** Writes what was taken since the last time. */
    write,
  }
}
