import { isUtf8 } from 'node:buffer'

/** Decodes the bytes of a file, piece by piece. The text does not depend on where the pieces end. */
export interface FileDecoder {
  push(bytes: Uint8Array): string
  end(): string
}

interface Decoding {
  decode(bytes: Uint8Array, last: boolean): string
}

/**
 * Decodes a file of unknown encoding. A byte-order mark decides. Without one the file is UTF-8; from the first sequence that is not valid UTF-8, it is
 * Windows-1252, which spreadsheets in Western Europe write and which has a character for every byte. NUL characters are dropped: Postgres cannot store
 * them.
 */
export function fileDecoder(): FileDecoder {
  let head: Uint8Array | undefined = new Uint8Array(0)
  let decoding: Decoding = utf8OrWindows1252()

  function decode(bytes: Uint8Array, last: boolean): string {
    let rest = bytes
    if (head) {
      const start = concat(head, bytes)
      if (start.length < 3 && !last) {
        head = start
        return ''
      }
      const mark = byteOrderMark(start)
      if (mark.encoding) decoding = streaming(mark.encoding)
      rest = start.subarray(mark.length)
      head = undefined
    }
    const text = decoding.decode(rest, last)
    return text.includes('\0') ? text.replaceAll('\0', '') : text
  }

  return { push: (bytes) => decode(bytes, false), end: () => decode(new Uint8Array(0), true) }
}

function byteOrderMark(start: Uint8Array): { length: number; encoding?: string } {
  const [first, second, third] = start
  if (first === 0xef && second === 0xbb && third === 0xbf) return { length: 3 }
  if (first === 0xff && second === 0xfe) return { length: 2, encoding: 'utf-16le' }
  if (first === 0xfe && second === 0xff) return { length: 2, encoding: 'utf-16be' }
  return { length: 0 }
}

function streaming(encoding: string): Decoding {
  const decoder = new TextDecoder(encoding)
  return { decode: (bytes, last) => decoder.decode(bytes, { stream: !last }) }
}

function utf8OrWindows1252(): Decoding {
  const windows1252 = streaming('windows-1252')
  let isUtf8SoFar = true
  let carried: Uint8Array = new Uint8Array(0)
  return {
    decode(bytes, last) {
      if (!isUtf8SoFar) return windows1252.decode(bytes, last)
      const all = concat(carried, bytes)
      const whole = last ? all.length : wholeCharacters(all)
      if (isUtf8(all.subarray(0, whole))) {
        carried = all.slice(whole)
        return utf8Text(all.subarray(0, whole))
      }
      isUtf8SoFar = false
      const valid = validPrefix(all)
      return utf8Text(all.subarray(0, valid)) + windows1252.decode(all.subarray(valid), last)
    },
  }
}

const utf8Text = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  return first.length === 0 ? second : Buffer.concat([first, second])
}

/** The number of bytes without an incomplete character at the end. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return wanted > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** The number of valid UTF-8 bytes at the start of bytes that are not all valid. Found by bisection, because the check of a range is native code. */
function validPrefix(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1
    const head = bytes.subarray(0, middle)
    if (isUtf8(head.subarray(0, wholeCharacters(head)))) valid = middle
    else invalid = middle
  }
  return wholeCharacters(bytes.subarray(0, valid))
}
