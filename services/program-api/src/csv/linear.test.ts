import { expect, test } from 'vitest'
import { csvFile } from './csv-file.ts'

/** Milliseconds of processor time to read a text in pieces; the best of three. */
function cost(bytes: Uint8Array, pieceSize: number): number {
  let best = Infinity
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage()
    const file = csvFile()
    for (let at = 0; at < bytes.length; at += pieceSize) file.push(bytes.subarray(at, at + pieceSize))
    file.end()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}

const header = 'phone;name\n'
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')
const line = (piece: string, length = 60_000) => piece.repeat(Math.floor(length / piece.length))
const shapes: [string, (lines: number) => Uint8Array][] = [
  ['unclosed quotes', (lines) => Buffer.from(header + `${line('"a;')}\n`.repeat(lines))],
  ['unclosed quotes in a line without an end', (lines) => Buffer.from(header + line('"a;', lines * 60_000))],
  ['quotes alone', (lines) => Buffer.from(header + `${line('"')}\n`.repeat(lines))],
  ['quotes and blanks', (lines) => Buffer.from(header + `${line('" x "')}\n`.repeat(lines))],
  ['doubled quotes that are not closed', (lines) => Buffer.from(header + `"x${line('"" y;')}\n`.repeat(lines))],
  ['delimiters', (lines) => Buffer.from(header + `${line(';')}\n`.repeat(lines))],
  ['blank lines before the header', (lines) => Buffer.from('\n'.repeat(lines * 60_000) + header)],
  ['blanks before the header', (lines) => Buffer.from(' '.repeat(lines * 60_000) + header)],
  ['blank lines', (lines) => Buffer.from(header + '\r\n'.repeat(lines * 30_000))],
  ['CR only', (lines) => Buffer.from(`phone;name\r${'1;2\r'.repeat(lines * 15_000)}`)],
  ['NULs', (lines) => Buffer.from(header + '\0'.repeat(lines * 60_000))],
  ['one giant cell', (lines) => Buffer.from(`${header}"${'x'.repeat(lines * 60_000)}"`)],
  ['one giant line', (lines) => Buffer.from(header + 'x;'.repeat(lines * 30_000))],
  ['UTF-16 with unclosed quotes', (lines) => utf16(header + `${line('"a;', 30_000)}\n`.repeat(lines))],
  ['Windows-1252', (lines) => Buffer.from(header + `${line('"é;')}\n`.repeat(lines), 'latin1')],
  ['a mixture', (lines) => Buffer.from(header + `${line('"a"" ;\r"b;\0\n"c";"')}\n`.repeat(lines))],
]

/** The smaller file must cost more than the clock's grain and the start of the work. */
const lines = 4

test.each(shapes)('twice as much of a file costs about twice as much: %s', (_title, shape) => {
  for (const pieceSize of [64 * 1024, 512]) {
    const once = cost(shape(lines), pieceSize)
    const twice = cost(shape(2 * lines), pieceSize)
    expect(twice, `${once} ms`).toBeLessThan(3 * once + 30)
    // 240 KB: quadratic work would take many seconds.
    expect(once).toBeLessThan(2_000)
  }
})

test('a record that arrives byte by byte is not read again with each byte', () => {
  expect(cost(Buffer.from(`${header}"${'x'.repeat(60_000)}"\n`), 1)).toBeLessThan(2_000)
})
