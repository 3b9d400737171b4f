/** Something that is numbered 1, 2, 3… within its subject. */
export interface Numbered {
  seq: number
}

/** How far a subject has been read: everything up to `lastSeq`, and what came too early. */
export interface Position<T extends Numbered> {
  lastSeq: number
  parked: readonly T[]
}

/**
 * What is to be applied now that `item` has arrived, in order: nothing for one that was seen before or came too early; else the item, and
 * whatever waited for it. Makes "delivered twice" and "stored out of order" harmless.
 */
export function inOrder<T extends Numbered>(position: Position<T>, item: T): { ready: T[]; position: Position<T> } {
  if (item.seq <= position.lastSeq) return { ready: [], position }
  if (item.seq > position.lastSeq + 1) {
    if (position.parked.some((parked) => parked.seq === item.seq)) return { ready: [], position }
    const parked = [...position.parked, item].sort((a, b) => a.seq - b.seq)
    return { ready: [], position: { lastSeq: position.lastSeq, parked } }
  }
  if (position.parked.length === 0) return { ready: [item], position: { lastSeq: item.seq, parked: position.parked } }
  const ready = [item]
  let lastSeq = item.seq
  const parked: T[] = []
  for (const waiting of position.parked) {
    if (waiting.seq === lastSeq + 1) {
      ready.push(waiting)
      lastSeq = waiting.seq
    } else if (waiting.seq > lastSeq) parked.push(waiting)
  }
  return { ready, position: { lastSeq, parked } }
}
