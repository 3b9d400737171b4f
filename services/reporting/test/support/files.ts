import { parseString } from 'fast-csv'
import { read, utils } from 'xlsx'

export type Rows = (string | number | null)[][]

/** The cells of a workbook, by the name of the sheet. */
export function sheetsOf(file: Buffer): Record<string, Rows> {
  const book = read(file)
  return Object.fromEntries(
    book.SheetNames.map((name) => [name, utils.sheet_to_json(book.Sheets[name] ?? {}, { header: 1, defval: null })]),
  )
}

export function csvLines(file: string): Promise<string[][]> {
  return new Promise((resolve, reject) => {
    const rows: string[][] = []
    parseString<string[], string[]>(file, { headers: false })
      .on('data', (row) => rows.push(row))
      .on('error', reject)
      .on('end', () => resolve(rows))
  })
}
