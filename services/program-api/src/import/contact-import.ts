import { invalidField } from '@carillon/service-kit/domain-error'
import type { ServiceDeps } from '@carillon/service-kit/service'
import { csvFile } from '../csv/csv-file.ts'
import type { CsvRecord } from '../csv/records.ts'
import { type ContactColumns, recognizeColumns } from '../domain/contact-columns.ts'
import { isBlankRow } from '../domain/import-row.ts'
import { endImport } from '../store/contact-imports.ts'
import { listCustomAttributes } from '../store/custom-attributes.ts'
import { importBatch } from './import-batch.ts'
import { beginImport, type ImportRequest } from './import-beginning.ts'

/** Rows from which the types of new columns are inferred. */
const sampleSize = 1_000
const maxColumns = 500

/**
 * Imports a CSV file from its bytes as they come; memory holds a batch, never the file. Returns the id of the import once all is written.
 *
 * Refuses a file without a phone column with a `ValidationError` at `/headers`, before anything is written.
 */
export async function importContacts(deps: ServiceDeps, request: ImportRequest, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const file = csvFile()
  const rows = fileRows(deps, request)
  try {
    for await (const chunk of bytes) for (const record of file.push(chunk)) await rows.take(record)
    for (const record of file.end()) await rows.take(record)
    return await rows.end()
  } catch (error) {
    await rows.fail()
    throw error
  }
}

/** The rows of one file on their way: first the header, then a sample that is held back, then batch after batch. */
function fileRows(deps: ServiceDeps, request: ImportRequest) {
  let header: { names: string[]; columns: ContactColumns } | undefined
  let sample: CsvRecord[] = []
  let importId: string | undefined
  let batch: ReturnType<typeof importBatch> | undefined

  async function begin() {
    if (!header) throw invalidField('/headers', 'the file is empty')
    const running = await beginImport(deps, request, header.names, header.columns, sample)
    importId = running.importId
    batch = importBatch(deps, running)
    for (const record of sample) await write(batch, record)
    sample = []
    return batch
  }

  async function write(to: ReturnType<typeof importBatch>, record: CsvRecord) {
    to.take(record)
    if (to.isFull()) await to.write()
  }

  return {
    async take(record: CsvRecord): Promise<void> {
      if (!header) {
        header = await readHeader(deps, request, record)
        return
      }
      if (isBlankRow(record.fields)) return
      if (batch) return write(batch, record)
      sample.push(record)
      if (sample.length === sampleSize) await begin()
    },

    /** Writes the rest; returns the import's id. */
    async end(): Promise<string> {
      const last = batch ?? (await begin())
      await last.write()
      if (importId === undefined) throw new Error('an import that began has no id')
      await endImport(deps.database.orm, importId, 'completed', new Date(deps.clock.now()))
      return importId
    },

    /** Notes that the import broke off, if it had begun. */
    async fail(): Promise<void> {
      if (importId === undefined) return
      try {
        await endImport(deps.database.orm, importId, 'failed', new Date(deps.clock.now()))
      } catch (error) {
        deps.logger.warn({ err: error, importId }, 'import could not be marked as failed')
      }
    },
  }
}

async function readHeader(deps: ServiceDeps, { identity }: ImportRequest, record: CsvRecord) {
  if (record.tooLong) throw invalidField('/headers', 'the first line is too long for a header')
  const names = record.fields
  if (names.length > maxColumns) throw invalidField('/headers', `there are ${names.length} columns, more than ${maxColumns}`)
  const columns = recognizeColumns(names, await listCustomAttributes(deps.database.orm, identity.organizationId))
  if (columns) return { names, columns }
  const found = names.map((name) => JSON.stringify(name.trim().slice(0, 40))).join(', ')
  throw invalidField('/headers', `no column is a phone number; there are ${found.slice(0, 500)}`)
}
