import { randomFillSync } from 'node:crypto'

/** Fills bytes with random values. */
export type RandomBytes = (bytes: Uint8Array) => void

// One system call serves many ids: a call for ten bytes costs more than the rest of the id.
const pool = new Uint8Array(4096)
let used = pool.length

const systemRandom: RandomBytes = (bytes) => {
  if (used + bytes.length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  bytes.set(pool.subarray(used, used + bytes.length))
  used += bytes.length
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** UUID version 7 (RFC 9562). Ids are ordered by `timeMs`, so rows are stored in the order in which they are made. */
export function uuidv7(timeMs: number, random: RandomBytes = systemRandom): string {
  const tail = new Uint8Array(10)
  random(tail)
  const at = (index: number) => tail[index] ?? 0
  const time = Math.floor(timeMs).toString(16).padStart(12, '0')
  const a = (hex[0x70 | (at(0) & 0x0f)] ?? '') + hex[at(1)]
  const b = (hex[0x80 | (at(2) & 0x3f)] ?? '') + hex[at(3)]
  let rest = ''
  for (let index = 4; index < 10; index++) rest += hex[at(index)]
  return `${time.slice(0, 8)}-${time.slice(8)}-${a}-${b}-${rest}`
}

/** The smallest UUID of version 7 at an instant: a bound for ranges of time over such ids. */
export function uuidv7Floor(timeMs: number): string {
  const time = Math.floor(timeMs).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}
