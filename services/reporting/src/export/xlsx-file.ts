import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { packageParts, sheetEnd, sheetRow, sheetStart } from '../domain/sheet-xml.ts'
import type { Cell } from '../domain/spreadsheet.ts'

/** Rows of a sheet besides its header: the format ends at 2²⁰ rows. */
const rowsInSheet = 1_048_575

/** Level 1 takes half the time of the default, for files that are a tenth larger. */
const compressionLevel = 1

type Pages = AsyncIterable<readonly (readonly Cell[])[]>

/**
 * An XLSX workbook that is written while its rows are read. Rows that do not fit into a sheet go on in the next one, below the same header. Destroying the
 * stream ends the reading.
 */
export function xlsxFile(name: string, header: readonly string[], pages: Pages, rowLimit = rowsInSheet): Readable {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  writeSheets(zip, output, { name, header, rowLimit }, pages[Symbol.asyncIterator]()).catch((error: Error) => output.destroy(error))
  return output
}

interface Sheets {
  readonly name: string
  readonly header: readonly string[]
  readonly rowLimit: number
}

async function writeSheets(
  zip: ZipFile,
  output: Readable,
  { name, header, rowLimit }: Sheets,
  pages: AsyncIterator<readonly (readonly Cell[])[]>,
) {
  const names: string[] = []
  let rest: readonly (readonly Cell[])[] = []
  let isOver = false

  async function* sheet(): AsyncGenerator<string> {
    yield sheetStart + sheetRow(header)
    for (let room = rowLimit; room > 0 && !isOver; ) {
      if (rest.length === 0) {
        const page = await pages.next()
        if (page.done) isOver = true
        else rest = page.value
      }
      const rows = rest.slice(0, room)
      rest = rest.slice(room)
      room -= rows.length
      if (rows.length > 0) yield rows.map(sheetRow).join('')
    }
    // Whether another sheet follows is known when there is a row for it.
    while (rest.length === 0 && !isOver) {
      const page = await pages.next()
      if (page.done) isOver = true
      else rest = page.value
    }
    yield sheetEnd
  }

  try {
    while (names.length === 0 || rest.length > 0) {
      names.push(names.length === 0 ? name : `${name} ${names.length + 1}`)
      const stream = Readable.from(sheet(), { highWaterMark: 1 })
      const giveUp = () => stream.destroy()
      output.once('close', giveUp)
      zip.addReadStream(stream, `xl/worksheets/sheet${names.length}.xml`, { compressionLevel })
      await finished(stream)
      output.off('close', giveUp)
    }
    for (const [path, xml] of packageParts(names)) zip.addBuffer(Buffer.from(xml), path)
    zip.end()
  } finally {
    await pages.return?.()
  }
}
