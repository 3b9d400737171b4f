import { DateTime } from 'luxon'

/** Lengths of the parts of a timeline. */
export const bucketUnits = ['minute', 'quarter_hour', 'hour', 'day'] as const
export type BucketUnit = (typeof bucketUnits)[number]

/**
 * The edges of the buckets that cover a span, as wall clocks of a zone show them: the first one is not after `fromMs`, the last one not before `toMs`. Every
 * bucket begins at a full minute, quarter of an hour, hour or day of the zone. Where the clocks change, an hour or a day is shorter or longer, and no instant
 * is in two buckets or in none.
 *
 * @param timezone IANA name.
 * @param most buckets at most: with more, the answer is null.
 * @returns epoch milliseconds, ascending, one more than there are buckets. An empty span has one bucket.
 */
export function bucketEdges(unit: BucketUnit, timezone: string, fromMs: number, toMs: number, most: number): number[] | null {
  let edge = startOfBucket(unit, timezone, fromMs)
  const edges = [edge]
  do {
    if (edges.length > most) return null
    edge = endOfBucket(unit, timezone, edge)
    edges.push(edge)
  } while (edge < toMs)
  return edges
}

const minuteMs = 60_000
const stepMs = { minute: minuteMs, quarter_hour: 15 * minuteMs, hour: 60 * minuteMs }

function startOfBucket(unit: BucketUnit, timezone: string, atMs: number): number {
  const local = DateTime.fromMillis(atMs, { zone: timezone })
  if (unit === 'day') return local.startOf('day').toMillis()
  // Offsets are whole minutes; the wall clock's hour can begin at any minute of UTC.
  const offsetMs = local.offset * minuteMs
  return Math.floor((atMs + offsetMs) / stepMs[unit]) * stepMs[unit] - offsetMs
}

function endOfBucket(unit: BucketUnit, timezone: string, startMs: number): number {
  if (unit === 'day') {
    const local = DateTime.fromMillis(startMs, { zone: timezone })
    // The day after begins at its own first instant, which is not midnight where the clocks skip it.
    return local.plus({ days: 1 }).startOf('day').toMillis()
  }
  const next = startMs + stepMs[unit]
  // A clock that is set by half an hour moves the full hours: the next one begins by the new clock.
  const aligned = startOfBucket(unit, timezone, next)
  return aligned > startMs ? aligned : next
}
