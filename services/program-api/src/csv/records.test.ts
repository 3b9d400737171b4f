import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CsvRecord, maxRecordLength, recordReader } from './records.ts'

function read(text: string, pieceSize = text.length || 1, delimiter = ';'): CsvRecord[] {
  const reader = recordReader(delimiter)
  const records: CsvRecord[] = []
  for (let at = 0; at < text.length; at += pieceSize) records.push(...reader.push(text.slice(at, at + pieceSize)))
  return [...records, ...reader.end()]
}

const fields = (records: CsvRecord[]) => records.map((record) => record.fields)
const lines = (records: CsvRecord[]) => records.map((record) => record.line)

describe('wherever the pieces of the text end', () => {
  test.each<[string, string, string[][], number[]]>([
    [
      'plain rows',
      'a;b\nc;d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
      [1, 2],
    ],
    [
      'no line end after the last row',
      'a;b\nc;d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
      [1, 2],
    ],
    [
      'CRLF',
      'a;b\r\nc;d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
      [1, 2],
    ],
    ['CR alone', 'a\rb\r\rc', [['a'], ['b'], [''], ['c']], [1, 2, 3, 4]],
    ['mixed line ends', 'a\r\nb\nc\rd', [['a'], ['b'], ['c'], ['d']], [1, 2, 3, 4]],
    ['ragged rows', 'a;b\nc\nd;e;f;', [['a', 'b'], ['c'], ['d', 'e', 'f', '']], [1, 2, 3]],
    ['quoted delimiters and doubled quotes', '"a;b";"c ""d"""\n', [['a;b', 'c "d"']], [1]],
    ['quoted line breaks', '"a\nb";c\r\n"d\r\ne\rf"\r\ng', [['a\nb', 'c'], ['d\r\ne\rf'], ['g']], [1, 3, 6]],
    ['blanks around quotes', ' "a;b" ;"c"\t\n', [['a;b', 'c']], [1]],
    ['an empty quoted field', '"";""\n""', [['', ''], ['']], [1, 2]],
    ['a quote within a bare field', '5" nail;x\ny', [['5" nail', 'x'], ['y']], [1, 2]],
    ['bare quotes within a quoted field', '"Ben "Ali" Said";x\ny', [['Ben "Ali" Said', 'x'], ['y']], [1, 2]],
    ['a name quoted in part', '"Ben" Ali;x\ny', [['"Ben" Ali', 'x'], ['y']], [1, 2]],
  ])('%s', (_name, text, expected, expectedLines) => {
    for (let pieceSize = 1; pieceSize <= text.length; pieceSize++) {
      const records = read(text, pieceSize)
      expect(fields(records)).toEqual(expected)
      expect(lines(records)).toEqual(expectedLines)
    }
  })

  test.each<[string, string, string[][]]>([
    [
      'is the last of the file',
      'a;b\n"c;d\ne;f\n',
      [
        ['a', 'b'],
        ['"c', 'd'],
        ['e', 'f'],
      ],
    ],
    [
      'is followed by quoted fields',
      '"c;d\ne;f\n"g";h\n',
      [
        ['"c', 'd'],
        ['e', 'f'],
        ['g', 'h'],
      ],
    ],
    ['is followed by another', '"a;b\n"c;d\ne', [['"a', 'b'], ['"c', 'd'], ['e']]],
    [
      'is among quoted fields',
      '"a";"b;"c"\n"d";"e";"f"',
      [
        ['a', 'b;"c'],
        ['d', 'e', 'f'],
      ],
    ],
  ])('an unclosed quote that %s costs no other row', (_name, text, expected) => {
    for (let pieceSize = 1; pieceSize <= text.length; pieceSize++) expect(fields(read(text, pieceSize))).toEqual(expected)
  })
})

test('an unclosed quote is reported with its row', () => {
  expect(read('a\n"b;c\nd').map((record) => record.strayQuote)).toEqual([false, true, false])
})

test('a quote that is closed beyond the longest record costs no other row', () => {
  const filler = 'x;y\n'.repeat(maxRecordLength / 4)
  const records = read(`"a;b\n${filler}z";c\n`, 10_000)
  expect(records).toHaveLength(maxRecordLength / 4 + 2)
  expect(records[0]).toEqual({ line: 1, fields: ['"a', 'b'], strayQuote: true, tooLong: false })
})

test.each([100, 5_000, 1_000_000])('a line that is too long is cut off, and the next one is read (pieces of %i)', (pieceSize) => {
  const records = read(`a\n${'x'.repeat(3 * maxRecordLength)}"\nb;c\n`, pieceSize)
  expect(records.map(({ line, tooLong }) => [line, tooLong])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ])
  expect(records[1]?.fields).toEqual(['x'.repeat(200)])
  expect(records[2]?.fields).toEqual(['b', 'c'])
})

const value = fc.array(fc.constantFrom('a', 'é', ' ', ',', ';', '"', '\n', '\r\n', '1'), { maxLength: 6 }).map((pieces) => pieces.join(''))
const rowsOf = (columns: number) => fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 })
const table = fc.integer({ min: 1, max: 4 }).chain(rowsOf)
const quoted = (row: readonly string[]) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')
const lineEnd = fc.constantFrom('\n', '\r\n')
const pieceSizes = fc.integer({ min: 1, max: 20 })

test('a well-formed file is read as csv-parse reads it', () => {
  fc.assert(
    fc.property(table, lineEnd, pieceSizes, (rows, end, pieceSize) => {
      const text = rows.map(quoted).join(end)
      const ours = fields(read(text, pieceSize, ','))
      expect(ours).toEqual(rows)
      expect(ours).toEqual(parse(text, { record_delimiter: ['\r\n', '\n'] }))
    }),
    { numRuns: 300 },
  )
})

test('an unclosed quote costs none of the plain rows around it', () => {
  const plain = fc.array(fc.stringMatching(/^[a-z0-9 ]{1,6}$/), { minLength: 2, maxLength: 3 })
  const plainRows = fc.array(plain, { maxLength: 6 })
  fc.assert(
    fc.property(plainRows, plainRows, lineEnd, pieceSizes, (before, after, end, pieceSize) => {
      const lines = [...before, ['"x', 'y'], ...after]
      const text = lines.map((row) => row.join(',')).join(end)
      expect(fields(read(text, pieceSize, ','))).toEqual(lines)
    }),
  )
})
