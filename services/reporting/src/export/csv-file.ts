import { writeToString } from 'fast-csv'
import { type Cell, guardedCell } from '../domain/spreadsheet.ts'

/** A CSV file (RFC 4180), one piece for the header and one for each page of rows. */
export async function* csvFile(header: readonly string[], pages: AsyncIterable<readonly (readonly Cell[])[]>): AsyncGenerator<string> {
  yield await linesOf([header])
  for await (const rows of pages) if (rows.length > 0) yield await linesOf(rows)
}

function linesOf(rows: readonly (readonly Cell[])[]): Promise<string> {
  const cells = rows.map((row) => row.map((cell) => guardedCell(cell) ?? ''))
  return writeToString(cells, { headers: false, rowDelimiter: '\r\n', includeEndRowDelimiter: true })
}
