import { describe, expect, test } from 'vitest'
import { csvFile, delimiterOf } from './csv-file.ts'

function read(file: string | Uint8Array, pieceSize = 7) {
  const bytes = Buffer.from(file as string)
  const reader = csvFile()
  const records = []
  for (let at = 0; at < bytes.length; at += pieceSize) records.push(...reader.push(bytes.subarray(at, at + pieceSize)))
  return [...records, ...reader.end()].map(({ line, fields }) => [line, ...fields])
}

test.each([
  ['phone,name', ','],
  ['phone;name;a,b', ';'],
  ['phone\tname', '\t'],
  ['phone|name', '|'],
  ['phone', ','],
  ['"phone;mobile",name', ','],
  ['', ','],
])('the header %j has the delimiter %j', (header, delimiter) => {
  expect(delimiterOf(header)).toBe(delimiter)
})

describe('a file', () => {
  test('may begin with blank lines', () => {
    expect(read('\n \r\nphone;name\n06;A\n')).toEqual([
      [3, 'phone', 'name'],
      [4, '06', 'A'],
    ])
  })

  test('may name its separator on the first line', () => {
    expect(read('sep=|\r\nphone;x|name\r\n06|A')).toEqual([
      [2, 'phone;x', 'name'],
      [3, '06', 'A'],
    ])
  })

  test('may be only a header, with or without a line end', () => {
    expect(read('phone;name')).toEqual([[1, 'phone', 'name']])
    expect(read('phone;name\r')).toEqual([[1, 'phone', 'name']])
  })

  test('may be empty or blank', () => {
    expect(read('')).toEqual([])
    expect(read('\n\n  \n')).toEqual([])
  })

  test('may be UTF-16 with CR line ends', () => {
    const text = Buffer.from('\ufeffphone;prénom\r06;é\r', 'utf16le')
    for (const pieceSize of [1, 2, 3, 50])
      expect(read(text, pieceSize)).toEqual([
        [1, 'phone', 'prénom'],
        [2, '06', 'é'],
      ])
  })
})
