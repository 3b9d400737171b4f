import { invalidField } from '@carillon/service-kit/domain/domain-error'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { csvFile } from '../csv/csv-file.ts'
import type { CsvRecord } from '../csv/records.ts'
import { type ContactColumns, recognizeColumns } from '../domain/contact-columns.ts'
import { isBlankRow } from '../domain/import-row.ts'
import { endImport } from '../store/contact-imports.ts'
import { listCustomAttributes } from '../store/custom-attributes.ts'
import { emptyBatch, type RunningImport, takeRow, writeBatch } from './import-batch.ts'
import { beginImport, type ImportRequest } from './import-beginning.ts'
import { fileTooLarge, type ImportLimits, importLimits, withinLimit } from './import-limits.ts'

/** Rows that decide the types of new columns. */
const sampleSize = 1_000
const maxColumns = 500
/** Rows in one transaction. */
const batchSize = 1_000

/**
 * Imports a CSV file while its bytes arrive; memory holds one batch, never the file. Returns the import's id when everything is written.
 *
 * Throws a `ValidationError` at `/headers` for a file without a phone column, before anything is written.
 */
export async function importContacts(
  deps: ServiceDeps,
  request: ImportRequest,
  bytes: AsyncIterable<Uint8Array>,
  limits = importLimits,
): Promise<string> {
  return withinLimit(request.identity.organizationId, limits, async () => {
    const file = csvFile()
    const rows = fileRows(deps, request, limits)
    let length = 0
    try {
      for await (const chunk of bytes) {
        length += chunk.length
        if (length > limits.bytes) throw fileTooLarge(`${limits.bytes} bytes`)
        for (const record of file.push(chunk)) await rows.take(record)
      }
      for (const record of file.end()) await rows.take(record)
      return await rows.end()
    } catch (error) {
      await rows.fail()
      throw error
    }
  })
}

/** Takes the rows of one file: first the header, then a sample that is held back until the types are known, then one batch after the other. */
function fileRows(deps: ServiceDeps, request: ImportRequest, limits: ImportLimits) {
  let count = 0
  let header: { names: string[]; columns: ContactColumns } | undefined
  let sample: CsvRecord[] = []
  let running: RunningImport | undefined
  let batch = emptyBatch()
  let writing = Promise.resolve()

  async function begin(): Promise<RunningImport> {
    if (!header) throw invalidField('/headers', 'the file is empty')
    running = await beginImport(deps, request, header.names, header.columns, sample)
    for (const record of sample) await add(running, record)
    sample = []
    return running
  }

  async function add(to: RunningImport, record: CsvRecord): Promise<void> {
    takeRow(batch, record, to.reading)
    if (batch.rows >= batchSize) await write(to)
  }

  /** Starts to write the batch; the next one is read meanwhile. Batches are written one after the other, in the order of the file. */
  async function write(to: RunningImport): Promise<void> {
    await writing
    writing = writeBatch(deps, to, batch)
    // The next `await writing` throws a failure of this batch. Until then nobody handles it, which would end the process.
    writing.catch(() => undefined)
    batch = emptyBatch()
  }

  return {
    async take(record: CsvRecord): Promise<void> {
      if (!header) {
        header = await readHeader(deps, request, record)
        return
      }
      if (isBlankRow(record.fields)) return
      if (++count > limits.rows) throw fileTooLarge(`${limits.rows} rows`)
      if (running) return add(running, record)
      sample.push(record)
      if (sample.length === sampleSize) await begin()
    },

    /** Writes the rest. Returns the import's id. */
    async end(): Promise<string> {
      const ending = running ?? (await begin())
      await write(ending)
      await writing
      await endImport(deps.database.orm, ending.importId, 'completed', new Date(deps.clock.now()))
      return ending.importId
    },

    /** Marks the import as failed, if it had begun. */
    async fail(): Promise<void> {
      await writing.catch(() => undefined)
      if (!running) return
      try {
        await endImport(deps.database.orm, running.importId, 'failed', new Date(deps.clock.now()))
      } catch (error) {
        deps.logger.warn({ err: error, importId: running.importId }, 'import could not be marked as failed')
      }
    },
  }
}

async function readHeader(deps: ServiceDeps, { identity }: ImportRequest, record: CsvRecord) {
  if (record.tooLong) throw invalidField('/headers', 'the first line is too long for a header')
  const names = record.fields
  if (names.length > maxColumns) throw invalidField('/headers', `the file has ${names.length} columns; at most ${maxColumns} are allowed`)
  const columns = recognizeColumns(names, await listCustomAttributes(deps.database.orm, identity.organizationId))
  if (columns) return { names, columns }
  const found = names.map((name) => JSON.stringify(name.trim().slice(0, 40))).join(', ')
  throw invalidField('/headers', `no column is a phone number; the columns are ${found.slice(0, 500)}`)
}
