import type { IANAZone } from 'luxon'
import { firstInstantOf, lastInstantOf, msPerMinute, wallMsAt, wallMsOfWeek, weekOf } from './wall-clock.ts'
import type { WeekWindow } from './week-windows.ts'

/** Epoch milliseconds, half-open: `[startMs, endMs)`. */
export interface Span {
  startMs: number
  endMs: number
}

export interface SpanFinder {
  /** The span that contains an instant, merged with all spans that touch it. */
  spanAt: (instantMs: number) => Span | null
  /** The first start of a merged span after an instant; null if none follows. */
  nextStart: (instantMs: number) => number | null
}

/** All spans that begin or end in `[fromMs, toMs)`, merged and in order. */
interface Horizon {
  fromMs: number
  toMs: number
  spans: Span[]
}

/** Windows are shorter than a week: a window that reaches into a week began in it or in the week before. */
const weeksBehind = 1
/** Far enough for the retries of most programs. */
const weeksAhead = 6

/**
 * Finds the spans of weekly windows and fixed ranges around an instant. The windows of eight weeks are converted to instants and kept, so a lookup
 * is a binary search. A lookup outside these weeks converts others.
 *
 * @param week merged windows that leave some time open (see `mergeWeek`).
 */
export function findSpans(week: readonly WeekWindow[], fixed: readonly Span[], zone: IANAZone): SpanFinder {
  let horizon: Horizon = week.length === 0 ? { fromMs: -Infinity, toMs: Infinity, spans: merge(fixed) } : { fromMs: 0, toMs: 0, spans: [] }
  let lastSpan: Span | null = null

  function horizonAt(instantMs: number): Horizon {
    if (instantMs < horizon.fromMs || instantMs >= horizon.toMs) horizon = resolve(week, fixed, zone, instantMs)
    return horizon
  }

  function startBefore(instantMs: number): number {
    let cursorMs = instantMs
    for (;;) {
      const { fromMs, spans } = horizonAt(cursorMs)
      const span = containing(spans, cursorMs)
      if (span === undefined) return cursorMs + 1
      if (span.startMs >= fromMs) return span.startMs
      cursorMs = span.startMs - 1
    }
  }

  function endAfter(instantMs: number): number {
    let cursorMs = instantMs
    for (;;) {
      const { toMs, spans } = horizonAt(cursorMs)
      const span = containing(spans, cursorMs)
      if (span === undefined) return cursorMs
      if (span.endMs < toMs) return span.endMs
      cursorMs = span.endMs
    }
  }

  return {
    spanAt(instantMs) {
      if (lastSpan !== null && instantMs >= lastSpan.startMs && instantMs < lastSpan.endMs) return lastSpan
      if (containing(horizonAt(instantMs).spans, instantMs) === undefined) return null
      lastSpan = { startMs: startBefore(instantMs), endMs: endAfter(instantMs) }
      return lastSpan
    },
    nextStart(instantMs) {
      let cursorMs = instantMs + 1
      for (;;) {
        const { toMs, spans } = horizonAt(cursorMs)
        const next = spans[indexAfter(spans, cursorMs - 1)]
        if (next !== undefined && next.startMs < toMs) return next.startMs
        if (toMs === Infinity) return null
        // A span that reaches beyond the horizon contains every start before its end.
        cursorMs = Math.max(toMs, containing(spans, toMs - 1)?.endMs ?? toMs)
      }
    },
  }
}

function resolve(week: readonly WeekWindow[], fixed: readonly Span[], zone: IANAZone, instantMs: number): Horizon {
  const thisWeek = weekOf(wallMsAt(zone, instantMs))
  const beyond = thisWeek + weeksAhead + 1
  const spans = [...fixed]
  for (let number = thisWeek - weeksBehind; number < beyond; number++) {
    for (const window of week) spans.push(spanOf(window, wallMsOfWeek(number), zone))
  }
  return {
    fromMs: firstInstantOf(zone, wallMsOfWeek(thisWeek)),
    toMs: firstInstantOf(zone, wallMsOfWeek(beyond)),
    spans: merge(spans),
  }
}

/**
 * A window starts at the first occurrence of its start time and ends at the last occurrence of its end time. A time that does not exist moves forward
 * by the gap (contract rule 13). If the start would move past the end, the window starts at the clock change, so that the part which the clock
 * shows stays closed.
 */
function spanOf(window: WeekWindow, weekStartMs: number, zone: IANAZone): Span {
  const wallStartMs = weekStartMs + window.startMinute * msPerMinute
  const endMs = lastInstantOf(zone, weekStartMs + window.endMinute * msPerMinute)
  const startMs = firstInstantOf(zone, wallStartMs)
  if (startMs < endMs) return { startMs, endMs }
  let changeMs = endMs
  while (wallMsAt(zone, changeMs - msPerMinute) >= wallStartMs) changeMs -= msPerMinute
  return { startMs: changeMs, endMs }
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.filter(({ startMs, endMs }) => startMs < endMs).sort((a, b) => a.startMs - b.startMs)) {
    const last = merged.at(-1)
    if (last !== undefined && span.startMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs)
    else merged.push({ ...span })
  }
  return merged
}

function containing(spans: readonly Span[], instantMs: number): Span | undefined {
  const span = spans[indexAfter(spans, instantMs) - 1]
  return span !== undefined && instantMs < span.endMs ? span : undefined
}

/** The index of the first span that starts after the instant; the length of the list if there is none. */
function indexAfter(spans: readonly Span[], instantMs: number): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const span = spans[middle]
    if (span !== undefined && span.startMs <= instantMs) low = middle + 1
    else high = middle
  }
  return low
}
