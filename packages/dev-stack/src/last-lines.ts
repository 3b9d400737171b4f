import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

const maxBytes = 16_384

/** The last `count` lines of a text file (of its last 16 KB) after an offset in bytes; '' when there is no such file. */
export function lastLines(path: string, count: number, fromByte: number): string {
  if (!existsSync(path)) return ''
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    const buffer = Buffer.alloc(Math.min(Math.max(0, size - fromByte), maxBytes))
    readSync(file, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count).join('\n')
  } finally {
    closeSync(file)
  }
}
