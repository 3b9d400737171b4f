import type { ExportFormat } from '@carillon/contracts/report-export'
import { writeToBuffer } from 'fast-csv'
import { utils, write } from 'xlsx'
import { guardedCell, type Sheet } from '../domain/spreadsheet.ts'

/** A file of sheets that fit into memory: an XLSX workbook, or a CSV file with a titled section for each sheet. */
export async function workbook(format: ExportFormat, sheets: readonly Sheet[]): Promise<Buffer> {
  return format === 'xlsx' ? xlsxOf(sheets) : csvOf(sheets)
}

function xlsxOf(sheets: readonly Sheet[]): Buffer {
  const book = utils.book_new()
  for (const { name, header, rows } of sheets) {
    utils.book_append_sheet(book, utils.aoa_to_sheet([[...header], ...rows.map((row) => row.map(guardedCell))]), name)
  }
  return write(book, { type: 'buffer', bookType: 'xlsx', compression: true })
}

function csvOf(sheets: readonly Sheet[]): Promise<Buffer> {
  const lines = sheets.flatMap(({ name, header, rows }, index) => [
    ...(index === 0 ? [] : [['']]),
    [name],
    [...header],
    ...rows.map((row) => row.map((cell) => guardedCell(cell) ?? '')),
  ])
  return writeToBuffer(lines, { headers: false, rowDelimiter: '\r\n', includeEndRowDelimiter: true })
}
