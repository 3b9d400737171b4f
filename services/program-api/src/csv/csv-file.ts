import { type CsvRecord, maxRecordLength, type RecordReader, recordReader } from './records.ts'
import { fileDecoder } from './text-decoder.ts'

const delimiters = [';', '\t', '|', ',']
/** A first line that tells Excel the delimiter: `sep=;`. */
const separatorLine = /^"?sep=(.)"?$/i

/** Reads the records of a CSV file from pieces of its bytes, with any encoding, delimiter and line ends. The first record is the header. */
export function csvFile(): { push(bytes: Uint8Array): CsvRecord[]; end(): CsvRecord[] } {
  const decoder = fileDecoder()
  const beginning = fileBeginning()
  let records: RecordReader | undefined

  function push(text: string, last: boolean): CsvRecord[] {
    if (records) return records.push(text)
    const found = beginning.push(text, last)
    if (!found) return []
    records = recordReader(found.delimiter, found.line)
    return records.push(found.text)
  }

  return {
    push: (bytes) => push(decoder.push(bytes), false),
    end() {
      const rest = push(decoder.end(), true)
      return records ? [...rest, ...records.end()] : rest
    },
  }
}

interface Header {
  delimiter: string
  line: number
  /** From the header on. */
  text: string
}

/** Looks for the header, and its delimiter. Blank lines before it are forgotten as they come, and no character is looked at twice. */
function fileBeginning(): { push(text: string, last: boolean): Header | undefined } {
  const breaks = /\r\n|\n|\r/g
  let text = ''
  let line = 1
  let named: string | undefined
  let searched = 0

  return {
    push(more, last) {
      text += more
      let start = 0
      for (;;) {
        breaks.lastIndex = searched
        const found = breaks.exec(text)
        // The LF of a CR at the end may still come.
        const end = found && (last || found[0] !== '\r' || found.index + 1 < text.length) ? found : null
        if (!end && !last && text.length - start < maxRecordLength) {
          searched = (found?.index ?? text.length) - start
          text = text.slice(start)
          return undefined
        }
        const content = text.slice(start, end?.index)
        const separator = separatorLine.exec(content)?.[1]
        if (separator) named = separator
        else if (content.trim() !== '') return { delimiter: named ?? delimiterOf(content), line, text: text.slice(start) }
        if (!end && content.length >= maxRecordLength) return { delimiter: ',', line, text: text.slice(start) }
        if (!end) return undefined
        start = end.index + end[0].length
        searched = start
        line++
      }
    },
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
