/** The event streams are ordered in this many lanes (architecture: "How they talk"). */
export const laneCount = 32

export const lanes: readonly number[] = Array.from({ length: laneCount }, (_, lane) => lane)

/** The lane of everything about one execution or job: FNV-1a, 32 bits, of the id's text, modulo {@link laneCount}. */
export function laneOf(id: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < id.length; index++) {
    hash ^= id.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0) % laneCount
}
