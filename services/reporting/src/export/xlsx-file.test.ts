import { expect, test } from 'vitest'
import { csvLines, sheetsOf } from '../../test/support/files.ts'
import type { Cell } from '../domain/spreadsheet.ts'
import { csvFile } from './csv-file.ts'
import { inTime } from './in-time.ts'
import { xlsxFile } from './xlsx-file.ts'

async function* pagesOf(...pages: Cell[][][]) {
  yield* pages
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

const rows = (from: number, count: number): Cell[][] => Array.from({ length: count }, (_, index) => [from + index])

test.each([
  [[0], [['Calls', 0]]],
  [[3], [['Calls', 3]]],
  [
    [2, 2],
    [
      ['Calls', 3],
      ['Calls 2', 1],
    ],
  ],
  [
    [7],
    [
      ['Calls', 3],
      ['Calls 2', 3],
      ['Calls 3', 1],
    ],
  ],
  [
    [3, 0, 3],
    [
      ['Calls', 3],
      ['Calls 2', 3],
    ],
  ],
] as [number[], [string, number][]][])('pages of %j rows in sheets of three make %j', async (pages, expected) => {
  const filled = pages.map((count, index) => rows(index * 100, count))
  const sheets = sheetsOf(await bytesOf(xlsxFile('Calls', ['Number'], pagesOf(...filled), 3)))
  expect(Object.entries(sheets).map(([name, cells]) => [name, cells.length - 1])).toEqual(expected)
  for (const [header] of Object.values(sheets)) expect(header).toEqual(['Number'])
  expect(Object.values(sheets).flatMap((cells) => cells.slice(1).map(([cell]) => cell))).toEqual(filled.flat().map(([cell]) => cell))
})

const difficult = ['a & b < c > "d"', "'", '=1+1', 'two\nlines\tand a tab', '\u0001\b', '😀 é', '  spaces  ', '', '+212612345678']

test('every text is kept in both formats, but for what would run and what XML cannot hold', async () => {
  const page: Cell[][] = difficult.map((text) => [text, -1.5, null])
  const { Calls = [] } = sheetsOf(await bytesOf(xlsxFile('Calls', ['Text', 'Number', 'None'], pagesOf(page))))
  const shown = difficult.map((text) => (text === '=1+1' ? "'=1+1" : text))
  const inXml = shown.map((text) => text.replaceAll('\u0001', '\ufffd').replaceAll('\b', '\ufffd') || null)
  expect(Calls.slice(1)).toEqual(inXml.map((text) => [text, -1.5, null]))
  let csv = ''
  for await (const part of csvFile(['Text', 'Number', 'None'], pagesOf(page))) csv += part
  expect((await csvLines(csv)).slice(1)).toEqual(shown.map((text) => [text, '-1.5', '']))
})

test('half a surrogate pair, which no file can hold, is replaced', async () => {
  const { Calls = [] } = sheetsOf(await bytesOf(xlsxFile('Calls', ['Text'], pagesOf([['half \ud800 pair']]))))
  expect(Calls[1]).toEqual(['half \ufffd pair'])
})

test('a text that is too long for a cell is cut', async () => {
  const { Calls = [] } = sheetsOf(await bytesOf(xlsxFile('Calls', ['Text'], pagesOf([['x'.repeat(40_000)]]))))
  expect(String(Calls[1]?.[0])).toHaveLength(32_767)
})

test('what fails while rows are read fails the file', async () => {
  async function* failing(): AsyncGenerator<Cell[][]> {
    yield rows(0, 10)
    throw new Error('the database is away')
  }
  await expect(bytesOf(xlsxFile('Calls', ['Number'], failing()))).rejects.toThrow('the database is away')
})

test('a reader that goes away ends the reading, and so does one that stands still', async () => {
  let read = 0
  let hasEnded = false
  async function* endless(): AsyncGenerator<Cell[][]> {
    try {
      for (;;) {
        read += 1
        yield [[crypto.randomUUID().repeat(900)]]
      }
    } finally {
      hasEnded = true
    }
  }
  const file = xlsxFile('Calls', ['Text'], endless())
  let length = 0
  for await (const part of file) {
    length += part.length
    if (length > 100_000) break
  }
  await expect.poll(() => hasEnded).toBe(true)

  hasEnded = false
  const still = inTime(200, endless(), (pages) => xlsxFile('Calls', ['Text'], pages))
  const failure = new Promise((resolve) => still.once('error', resolve))
  await expect(failure).resolves.toMatchObject({ message: 'the client took nothing for 0.2 s' })
  await expect.poll(() => hasEnded).toBe(true)
  const readBefore = read
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(read).toBe(readBefore)
})
