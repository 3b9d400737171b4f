import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { CsvRecord } from '../csv/records.ts'
import { attributesFit } from '../domain/contact.ts'
import { type RowReading, readRow } from '../domain/import-row.ts'
import { audienceNotFound } from '../domain/not-found.ts'
import { withOrderedIds } from '../ordered-ids.ts'
import { holdAudience } from '../store/audiences.ts'
import { addToImport, insertImportProblems, type StoredRejection, type StoredWarning } from '../store/contact-imports.ts'
import { contactsOfImport, type IncomingContact, upsertContacts } from '../store/imported-contacts.ts'
import { contactsChanged } from '../triggers/followed-contacts.ts'

/** Where an import writes to, and how it reads its rows. */
export interface RunningImport {
  importId: string
  organizationId: string
  audienceId: string | null
  reading: RowReading
}

/** Rows that are written in one transaction. */
export interface ImportBatch {
  rows: number
  contacts: Map<string, Omit<IncomingContact, 'id'> & { line: number }>
  /** Rows whose number is already in `contacts`. */
  repeated: number
  rejections: StoredRejection[]
  warnings: StoredWarning[]
}

export function emptyBatch(): ImportBatch {
  return { rows: 0, contacts: new Map(), repeated: 0, rejections: [], warnings: [] }
}

/** Reads a row of the file into a batch. */
export function takeRow(batch: ImportBatch, record: CsvRecord, reading: RowReading): void {
  batch.rows++
  const row = readRow(record, reading)
  if (!row.ok) {
    batch.rejections.push({ line: record.line, reason: row.reason, value: row.value })
    return
  }
  const { contact, warnings } = row
  for (const [ordinal, warning] of warnings.entries()) batch.warnings.push({ line: record.line, ordinal, ...warning })
  const { line } = record
  const attributes = JSON.stringify(contact.attributes)
  if (!attributesFit(attributes)) batch.rejections.push(tooLarge(line, contact.phone))
  else if (batch.contacts.has(contact.phone)) batch.repeated++
  else batch.contacts.set(contact.phone, { ...contact, attributes, line })
}

const tooLarge = (line: number, phone: string): StoredRejection => ({ line, reason: 'attributes_too_large', value: phone })

/** Writes a batch and its counts in one transaction: if an import stops halfway, the counts match what it wrote. */
export async function writeBatch(deps: ServiceDeps, running: RunningImport, batch: ImportBatch): Promise<void> {
  const { database, clock } = deps
  const { importId, organizationId, audienceId } = running
  const { rows, contacts, repeated, rejections, warnings } = batch
  await database.transaction(async (tx) => {
    if (audienceId !== null && !(await holdAudience(tx, organizationId, audienceId))) throw audienceNotFound(audienceId)
    const now = clock.now()
    const target = { organizationId, importId, audienceId, at: new Date(now) }
    const { created, updated, tooLarge: refused } = await upsertContacts(tx, target, withOrderedIds([...contacts.values()], now))
    const rejected = [...rejections, ...refused.map((phone) => tooLarge(contacts.get(phone)?.line ?? 0, phone))]
    await contactsChanged(tx, deps, organizationId, () => contactsOfImport(tx, target, [...contacts.keys()]))
    await insertImportProblems(tx, importId, rejected, warnings)
    const duplicates = repeated + contacts.size - created - updated - refused.length
    await addToImport(tx, importId, { rows, created, updated, duplicates, rejected: rejected.length, warned: warnings.length })
  })
}
