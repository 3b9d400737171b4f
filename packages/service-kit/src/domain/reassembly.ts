/** How far a subject has been read: every item up to `lastSeq`, and the items that arrived before their turn. */
export interface Position<T> {
  readonly lastSeq: number
  /** Ascending by number. */
  readonly parked: readonly T[]
}

/** The position of a subject of which nothing has been read. */
export const unread: Position<never> = { lastSeq: 0, parked: [] }

/** An item of a subject. Items are numbered 1, 2, 3… within their subject. */
export interface Arrival<T> {
  readonly subject: string
  readonly item: T
}

/** What the arrivals change for one subject. */
export interface Progress<T> {
  readonly subject: string
  /** Items whose turn has come: ascending, without a gap, from `before.lastSeq + 1` to `after.lastSeq`. */
  readonly ready: readonly T[]
  readonly before: Position<T>
  /** `after.parked` is the same array as `before.parked` if the same items are parked. */
  readonly after: Position<T>
}

interface Reading<T> {
  readonly before: Position<T>
  readonly waiting: Map<number, T>
  readonly ready: T[]
  lastSeq: number
}

/**
 * Puts items into the order of their numbers, subject by subject. An item that was read or parked before is dropped; an item that arrives before
 * its predecessors is parked until they arrive. So it does no harm that a stream delivers an item twice or stores items out of order.
 *
 * A subject that is not in `known` is {@link unread}. A subject that does not change is left out of the result. The subject that was read further last
 * comes last.
 */
export function reassemble<T>(
  arrivals: Iterable<Arrival<T>>,
  known: ReadonlyMap<string, Position<T>>,
  seqOf: (item: T) => number,
): Progress<T>[] {
  const readings = new Map<string, Reading<T>>()
  for (const { subject, item } of arrivals) {
    const reading = readings.get(subject) ?? readingFrom(known.get(subject) ?? unread, seqOf)
    if (accept(reading, item, seqOf(item))) readings.delete(subject) // The map keeps the order of insertion.
    readings.set(subject, reading)
  }
  return [...readings].map(([subject, reading]) => progress(subject, reading)).filter(hasChanged)
}

function readingFrom<T>(before: Position<T>, seqOf: (item: T) => number): Reading<T> {
  const waiting = new Map(before.parked.map((item) => [seqOf(item), item]))
  return { before, waiting, ready: [], lastSeq: before.lastSeq }
}

/** Returns whether the subject could be read further. */
function accept<T>(reading: Reading<T>, item: T, seq: number): boolean {
  const { waiting, ready, lastSeq } = reading
  if (seq <= lastSeq || waiting.has(seq)) return false
  waiting.set(seq, item)
  for (let next = waiting.get(lastSeq + 1); next !== undefined; next = waiting.get(reading.lastSeq + 1)) {
    reading.lastSeq++
    waiting.delete(reading.lastSeq)
    ready.push(next)
  }
  return reading.lastSeq > lastSeq
}

function progress<T>(subject: string, { before, waiting, ready, lastSeq }: Reading<T>): Progress<T> {
  const ascending = [...waiting].sort(([a], [b]) => a - b).map(([, item]) => item)
  const parked = sameItems(ascending, before.parked) ? before.parked : ascending
  return { subject, ready, before, after: { lastSeq, parked } }
}

function hasChanged<T>({ before, after }: Progress<T>): boolean {
  return after.lastSeq > before.lastSeq || after.parked !== before.parked
}

function sameItems<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((item, index) => item === others[index])
}
