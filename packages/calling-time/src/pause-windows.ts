import { fromIso } from '@carillon/contracts/instant'
import type { PauseWindows } from '@carillon/contracts/program'
import { findSpans } from './span-finder.ts'
import { zoneOf } from './wall-clock.ts'
import { mergeWeek } from './week-windows.ts'

/** A time in which nobody is called: `[startMs, endMs)`. Both are null if the whole week is closed. */
export interface Closure {
  startMs: number | null
  endMs: number | null
}

export interface CompiledPauseWindows {
  /** The closure at an instant. Windows that overlap or touch are one closure, so calls may be made at its `endMs`. */
  windowAt: (instantMs: number) => Closure | null
  /** The first start of a closure after an instant, and not at the instant itself; null if none follows. */
  nextStart: (instantMs: number) => number | null
}

const noPause: CompiledPauseWindows = { windowAt: () => null, nextStart: () => null }
const alwaysPaused: CompiledPauseWindows = { windowAt: () => ({ startMs: null, endMs: null }), nextStart: () => null }

/**
 * Compiles pause windows (contract rule 13) for fast lookups. Keep the compiled object until the windows change. Instants are epoch
 * milliseconds. An `advanced` range that ends before it begins is empty.
 *
 * @param timezone IANA name: the time zone of the weekly windows.
 * @throws RangeError for an unknown time zone or an unreadable instant.
 */
export function compilePauseWindows(windows: PauseWindows | null, timezone: string): CompiledPauseWindows {
  const zone = zoneOf(timezone)
  if (windows === null) return noPause
  const week = mergeWeek(windows)
  if (week === 'always') return alwaysPaused
  const ranges = (windows.advanced ?? []).map(({ startAt, endAt }) => ({ startMs: fromIso(startAt), endMs: fromIso(endAt) }))
  if (week.length === 0 && ranges.length === 0) return noPause
  const finder = findSpans(week, ranges, zone)
  return { windowAt: finder.spanAt, nextStart: finder.nextStart }
}
