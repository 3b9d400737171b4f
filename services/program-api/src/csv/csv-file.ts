import { type CsvRecord, maxRecordLength, type RecordReader, recordReader } from './records.ts'
import { fileDecoder } from './text-decoder.ts'

const delimiters = [';', '\t', '|', ',']
/** A first line that tells Excel the delimiter: `sep=;`. */
const separatorLine = /^"?sep=(.)"?$/i

/** Reads the records of a CSV file from pieces of its bytes, with any encoding, delimiter and line ends. The first record is the header. */
export function csvFile(): { push(bytes: Uint8Array): CsvRecord[]; end(): CsvRecord[] } {
  const decoder = fileDecoder()
  let head = ''
  let records: RecordReader | undefined

  function push(text: string, last: boolean): CsvRecord[] {
    if (records) return records.push(text)
    head += text
    const start = startOf(head, last)
    if (!start) return []
    records = recordReader(start.delimiter, start.line)
    return records.push(head.slice(start.offset))
  }

  return {
    push: (bytes) => push(decoder.push(bytes), false),
    end() {
      const rest = push(decoder.end(), true)
      return records ? [...rest, ...records.end()] : rest
    },
  }
}

interface FileStart {
  delimiter: string
  /** Where the header begins, in characters. */
  offset: number
  line: number
}

/** Where the header is, and its delimiter. Undefined while the header line is not complete. */
function startOf(head: string, last: boolean): FileStart | undefined {
  let named: string | undefined
  let offset = 0
  for (let line = 1; ; line++) {
    const end = /\r\n|\n|\r(?!$)/.exec(head.slice(offset))
    const text = end ? head.slice(offset, offset + end.index) : head.slice(offset)
    if (!end && !last && text.length < maxRecordLength) return undefined
    const separator = separatorLine.exec(text)?.[1]
    if (separator) named = separator
    else if (text.trim() !== '') return { delimiter: named ?? delimiterOf(text), offset, line }
    if (!end) return undefined
    offset += end.index + end[0].length
  }
}

/** The delimiter that occurs most in the header line, outside quotes. A comma if there is only one column. */
export function delimiterOf(headerLine: string): string {
  const unquoted = headerLine.replace(/"[^"]*"/g, '')
  let best = ','
  let bestCount = 0
  for (const delimiter of delimiters) {
    const count = unquoted.split(delimiter).length - 1
    if (count > bestCount) {
      best = delimiter
      bestCount = count
    }
  }
  return best
}
