import { describe, expect, test } from 'vitest'
import { fileDecoder } from './text-decoder.ts'

function decoded(bytes: Uint8Array, pieceSize: number): string {
  const decoder = fileDecoder()
  let text = ''
  for (let at = 0; at < bytes.length; at += pieceSize) text += decoder.push(bytes.subarray(at, at + pieceSize))
  return text + decoder.end()
}

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)))

describe('wherever the pieces of the bytes end', () => {
  test.each([
    ['UTF-8', bytes('Prénom;日本;😀'), 'Prénom;日本;😀'],
    ['UTF-8 with a byte-order mark', bytes([0xef, 0xbb, 0xbf], 'phone;é'), 'phone;é'],
    ['UTF-16 little-endian', bytes([0xff, 0xfe], [...Buffer.from('é😀x', 'utf16le')]), 'é😀x'],
    ['UTF-16 big-endian', bytes([0xfe, 0xff], [...utf16be('é😀x')]), 'é😀x'],
    ['Windows-1252', bytes('Pr', [0xe9], 'nom ', [0x80, 0x92]), 'Prénom €’'],
    ['UTF-8 that turns into Windows-1252', bytes('é 日 ', [0xe9], ' é'), 'é 日 é Ã©'],
    ['Windows-1252 whose last byte could have begun a character', bytes('Caf', [0xe9]), 'Café'],
    ['NUL bytes', bytes('a', [0], 'b', [0, 0]), 'ab'],
    ['only a byte-order mark', bytes([0xef, 0xbb, 0xbf]), ''],
    ['nothing', bytes(''), ''],
    ['a single byte', bytes('x'), 'x'],
  ])('%s is read', (_name, file, text) => {
    for (let pieceSize = 1; pieceSize <= Math.max(1, file.length); pieceSize++) expect(decoded(file, pieceSize)).toBe(text)
  })
})
