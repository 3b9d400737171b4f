/** Number of lanes. Messages of one lane keep their order; lanes are read in parallel. */
export const laneCount = 32

export const lanes: readonly number[] = Array.from({ length: laneCount }, (_, lane) => lane)

/**
 * The lane of all messages about one execution or job: FNV-1a (32 bits) of the id's UTF-16 code units, modulo {@link laneCount}. It must never change:
 * otherwise messages of one execution would be in two lanes.
 */
export function laneOf(id: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < id.length; index++) {
    hash ^= id.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0) % laneCount
}
