/** Characters of one record, at most: what a quote that is never closed can hide, and what is held in memory of a line without end. */
export const maxRecordLength = 65_536

/** One row of a file. `line` is the physical line on which it begins, counted from 1. */
export interface CsvRecord {
  line: number
  fields: string[]
  /** A quote was opened and not closed, and taken for an ordinary character. */
  strayQuote: boolean
  /** The record is longer than {@link maxRecordLength}: its one field is how it begins. */
  tooLong: boolean
}

export interface RecordReader {
  push(text: string): CsvRecord[]
  end(): CsvRecord[]
}

interface Field {
  value: string
  /** Position behind it: of a delimiter, a line break, or the end of the text. */
  end: number
  strayQuote: boolean
}

/** Characters of a record that is too long, to be recognized by. */
const beginningLength = 200
const quote = '"'
const quoteCode = 34
const lineFeed = 10
const carriageReturn = 13

/**
 * Splits delimited text (RFC 4180) into records, however it is cut into pieces, and loses no row to a bad neighbour:
 *
 * - A quoted field may span lines only if it is well-formed: every quote in it is doubled, and the closing one stands before a delimiter, a
 *   line break or the end. One that is not is confined to its own line: it ends at the first quote there that could close it, and the
 *   quotes within are text; where there is none, its opening quote is an ordinary character.
 * - A record that grows beyond {@link maxRecordLength} is cut off, and reading goes on at the next line.
 *
 * Lines end in LF, CRLF or CR, each record as it likes. A blank line is a record with one empty field.
 */
export function recordReader(delimiter: string, firstLine = 1): RecordReader {
  const delimiterCode = delimiter.charCodeAt(0)
  let text = ''
  let start = 0
  let line = firstLine
  let skippingLine = false

  const isEnd = (code: number) => code === delimiterCode || code === lineFeed || code === carriageReturn
  const isBlank = (code: number) => (code === 32 || code === 9) && code !== delimiterCode

  /** First position from `from` on that ends an unquoted field. */
  function unquotedEnd(from: number): number {
    let at = from
    while (at < text.length && !isEnd(text.charCodeAt(at))) at++
    return at
  }

  function lineEnd(from: number): number {
    let at = from
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === lineFeed || code === carriageReturn) break
    }
    return at
  }

  /** Position behind a quote and the blanks that follow it, if a field can end there. -1 if not. */
  function closingEnd(at: number): number {
    let behind = at + 1
    while (behind < text.length && isBlank(text.charCodeAt(behind))) behind++
    return behind >= text.length || isEnd(text.charCodeAt(behind)) ? behind : -1
  }

  const unescaped = (from: number, to: number) => {
    const value = text.slice(from, to)
    return value.includes('""') ? value.replaceAll('""', quote) : value
  }

  /** The field that opens with a quote at `open`; undefined where more text has to tell. */
  function quotedField(open: number, last: boolean): Field | undefined {
    const limit = start + maxRecordLength
    let at = text.indexOf(quote, open + 1)
    while (at !== -1 && at < limit) {
      if (text.charCodeAt(at + 1) === quoteCode) {
        at = text.indexOf(quote, at + 2)
        continue
      }
      const end = closingEnd(at)
      if (end >= text.length && !last) return undefined
      if (end === -1) return fieldOnItsLine(open, last)
      return { value: unescaped(open + 1, at), end, strayQuote: false }
    }
    if (!last && text.length < limit) return undefined
    return fieldOnItsLine(open, last)
  }

  function fieldOnItsLine(open: number, last: boolean): Field | undefined {
    const stop = lineEnd(open)
    if (stop >= text.length && !last && stop - start < maxRecordLength) return undefined
    for (let at = text.indexOf(quote, open + 1); at !== -1 && at < stop; at = text.indexOf(quote, at + 1)) {
      const end = closingEnd(at)
      if (end !== -1) return { value: unescaped(open + 1, at), end, strayQuote: false }
    }
    const end = unquotedEnd(open)
    return { value: text.slice(open, end), end, strayQuote: true }
  }

  function nextField(from: number, last: boolean): Field | undefined {
    let at = from
    while (at < text.length && isBlank(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) === quoteCode) return quotedField(at, last)
    const end = unquotedEnd(at)
    return { value: text.slice(from, end), end, strayQuote: false }
  }

  /** The record at `start`, which then lies behind it; undefined where the text holds no whole one. */
  function nextRecord(last: boolean): CsvRecord | undefined {
    const fields: string[] = []
    let strayQuote = false
    for (let at = start; ; at++) {
      const field = nextField(at, last)
      if (!field) return withoutEnd()
      fields.push(field.value)
      strayQuote ||= field.strayQuote
      at = field.end
      if (text.charCodeAt(at) === delimiterCode) continue
      if (at >= text.length && !last) return withoutEnd()
      const end = at < text.length ? afterBreak(at, last) : at
      return end === undefined ? undefined : taken(end, { line, fields, strayQuote, tooLong: false })
    }
  }

  /** A record that the text does not hold whole: more is waited for, unless it is too long already. */
  function withoutEnd(): CsvRecord | undefined {
    if (text.length - start <= maxRecordLength) return undefined
    skippingLine = true
    return taken(text.length, { line, fields: [], strayQuote: false, tooLong: true })
  }

  function taken(end: number, record: CsvRecord): CsvRecord {
    if (end - start > maxRecordLength) {
      record.tooLong = true
      record.fields = [text.slice(start, start + beginningLength)]
    }
    line += lineBreaks(start, end)
    start = end
    return record
  }

  /** Position behind the line break at `at`; undefined where a CR may turn out to be the first half of one. */
  function afterBreak(at: number, last: boolean): number | undefined {
    if (text.charCodeAt(at) === lineFeed) return at + 1
    if (at + 1 < text.length) return text.charCodeAt(at + 1) === lineFeed ? at + 2 : at + 1
    return last ? at + 1 : undefined
  }

  function lineBreaks(from: number, to: number): number {
    let count = 0
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) count++
    }
    return count
  }

  /** Passes over what is left of a line that was too long; false while its end has not come. */
  function skipLine(last: boolean): boolean {
    const at = lineEnd(start)
    const end = at < text.length ? afterBreak(at, last) : undefined
    if (end === undefined) {
      start = at
      return false
    }
    start = end
    line++
    skippingLine = false
    return true
  }

  function drain(last: boolean): CsvRecord[] {
    const records: CsvRecord[] = []
    for (;;) {
      if (skippingLine && !skipLine(last)) break
      if (start >= text.length) break
      const record = nextRecord(last)
      if (!record) break
      records.push(record)
    }
    text = text.slice(start)
    start = 0
    return records
  }

  return {
    push(more) {
      text += more
      return drain(false)
    },
    end: () => drain(true),
  }
}
