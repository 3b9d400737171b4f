import type { PauseWindows } from '@carillon/contracts/program'
import { epochMs } from './instant-text.ts'
import { findSpans } from './span-finder.ts'
import { zoneOf } from './wall-clock.ts'
import { mergeWeek } from './week-windows.ts'

/** A time in which nobody is called, half-open; a bound that is null is never reached: the whole week is closed. */
export interface Closure {
  startMs: number | null
  endMs: number | null
}

export interface CompiledPauseWindows {
  /** The closure that an instant lies in, windows that overlap or touch being one: at `endMs` calling may really go on. */
  windowAt: (instantMs: number) => Closure | null
  /** When the next closure after an instant begins; null where none follows. Strictly after: a closure that begins now is not next. */
  nextStart: (instantMs: number) => number | null
}

const noPause: CompiledPauseWindows = { windowAt: () => null, nextStart: () => null }
const alwaysPaused: CompiledPauseWindows = { windowAt: () => ({ startMs: null, endMs: null }), nextStart: () => null }

/**
 * Pause windows (contract rule 13), ready to be asked in every pacing round: keep the compiled object for as
 * long as the windows stand. Instants are epoch milliseconds.
 *
 * @param timezone IANA name; the weekly windows are its wall-clock times. `advanced` ranges are instants already; one that ends
 * before it begins is empty.
 * @throws RangeError for an unknown time zone or an unreadable instant.
 */
export function compilePauseWindows(windows: PauseWindows | null, timezone: string): CompiledPauseWindows {
  const zone = zoneOf(timezone)
  if (windows === null) return noPause
  const week = mergeWeek(windows)
  if (week === 'always') return alwaysPaused
  const ranges = (windows.advanced ?? []).map(({ startAt, endAt }) => ({ startMs: epochMs(startAt), endMs: epochMs(endAt) }))
  if (week.length === 0 && ranges.length === 0) return noPause
  const finder = findSpans(week, ranges, zone)
  return { windowAt: finder.spanAt, nextStart: finder.nextStart }
}
