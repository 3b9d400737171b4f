/** The most characters of one record. It bounds what an unclosed quote can hide, and how much of an endless line is held in memory. */
export const maxRecordLength = 65_536

/** One row of a file. `line` is the physical line on which it begins, counted from 1. */
export interface CsvRecord {
  line: number
  fields: string[]
  /** A quote was opened and not closed; it was read as an ordinary character. */
  strayQuote: boolean
  /** The record is longer than {@link maxRecordLength}: its one field is the beginning of the record. */
  tooLong: boolean
}

export interface RecordReader {
  push(text: string): CsvRecord[]
  end(): CsvRecord[]
}

interface Field {
  value: string
  /** The position after it: of a delimiter, a line break, or the end of the text. */
  end: number
  strayQuote: boolean
}

/** Characters that are kept of a record that is too long. */
const beginningLength = 200
const quote = '"'
const quoteCode = 34
const lineFeed = 10
const carriageReturn = 13

/**
 * Splits delimited text (RFC 4180) into records. The pieces of the text may end anywhere. A bad row never costs a good row beside it:
 *
 * - A quoted field may span lines only if it is well-formed: every quote in it is doubled, and the closing quote is before a delimiter, a line break or
 *   the end. Any other quoted field stays on its own line. It ends at the first quote there that can close it, and quotes before that are text. If no
 *   quote can close it, its opening quote is an ordinary character.
 * - A record that is longer than {@link maxRecordLength} is cut off, and reading continues at the next line.
 *
 * A line ends in LF, CRLF or CR, and a file may mix them. A blank line is a record with one empty field.
 *
 * The work is linear in the text, whatever it holds and wherever its pieces end.
 */
export function recordReader(delimiter: string, firstLine = 1): RecordReader {
  const delimiterCode = delimiter.charCodeAt(0)
  let text = ''
  let start = 0
  let line = firstLine
  let skippingLine = false
  /** An incomplete record is read again when its text has doubled: so it is read a few times, however small the pieces are. */
  let readAgainAt = 0
  /** What is known of a line from a place on: where the line ends, and its first quote there that can close a field (-1: none). */
  let known = { from: 0, stop: -1, closing: -1 }

  const isEnd = (code: number) => code === delimiterCode || code === lineFeed || code === carriageReturn
  const isBlank = (code: number) => (code === 32 || code === 9) && code !== delimiterCode

  /** The end of an unquoted field that begins at `from`. */
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

  /** The position after a quote and the blanks that follow it, if a field can end there. -1 if not. */
  function closingEnd(at: number): number {
    let behind = at + 1
    while (behind < text.length && isBlank(text.charCodeAt(behind))) behind++
    return behind >= text.length || isEnd(text.charCodeAt(behind)) ? behind : -1
  }

  const unescaped = (from: number, to: number) => {
    const value = text.slice(from, to)
    return value.includes('""') ? value.replaceAll('""', quote) : value
  }

  /** The field that opens with a quote at `open`. Undefined if more text is needed. */
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

  /** The fields of a line ask one after the other, so the line is looked through once. */
  function lookAhead(open: number): void {
    const isSameLine = open >= known.from && open < known.stop
    if (isSameLine && (known.closing === -1 || known.closing > open)) return
    const stop = isSameLine ? known.stop : lineEnd(open)
    let closing = text.indexOf(quote, open + 1)
    while (closing !== -1 && closing < stop && closingEnd(closing) === -1) closing = text.indexOf(quote, closing + 1)
    known = { from: open, stop, closing: closing < stop ? closing : -1 }
  }

  function fieldOnItsLine(open: number, last: boolean): Field | undefined {
    lookAhead(open)
    const { stop, closing } = known
    if (stop >= text.length && !last && stop - start < maxRecordLength) return undefined
    if (closing !== -1) return { value: unescaped(open + 1, closing), end: closingEnd(closing), strayQuote: false }
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

  /** The record at `start`, which is then moved behind it. Undefined if the text holds no complete record. */
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
      return end === undefined ? withoutEnd() : taken(end, { line, fields, strayQuote, tooLong: false })
    }
  }

  /** For an incomplete record: waits for more text, unless the record is already too long. */
  function withoutEnd(): CsvRecord | undefined {
    const length = text.length - start
    if (length <= maxRecordLength) {
      readAgainAt = Math.min(2 * length, maxRecordLength + 1)
      return undefined
    }
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

  /** The position after the line break at `at`. Undefined if it is a CR whose LF may still come. */
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

  /** Skips the rest of a line that was too long. False if the end of the line is still to come. */
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
    known = { from: 0, stop: -1, closing: -1 }
    if (!last && !skippingLine && text.length < readAgainAt) return records
    readAgainAt = 0
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
