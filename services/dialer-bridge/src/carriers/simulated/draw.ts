/** A number in [0, 1) for a purpose: always the same one, and independent of the other draws. */
export type Draw = (purpose: string) => number

/**
 * The randomness of one call: a hash of (seed, number, attempt, purpose). There is no sequence, so a draw that is added or made at another time
 * does not change the others.
 */
export function drawFor(seed: number, number: string, attempt: number): Draw {
  const prefix = fnv1a(0x811c9dc5, `${seed}|${number}|${attempt}|`)
  return (purpose) => mix(fnv1a(prefix, purpose)) / 2 ** 32
}

function fnv1a(start: number, text: string): number {
  let hash = start
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash
}

/** The finalizer of MurmurHash3. FNV alone gives close numbers for texts that differ only in the last character. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A whole number from `min` to `max`, both included. */
export function between(range: { min: number; max: number }, drawn: number): number {
  return range.min + Math.floor(drawn * (range.max - range.min + 1))
}

/** One of the keys, picked by weight. Undefined if all weights are 0. */
export function weighted<K extends string>(weights: Readonly<Record<K, number>>, drawn: number): K | undefined {
  const entries = Object.entries(weights) as [K, number][]
  let rest = drawn * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of entries) {
    if (rest < weight) return key
    rest -= weight
  }
  return undefined
}
