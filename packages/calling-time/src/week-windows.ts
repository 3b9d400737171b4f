import { type PauseWindowItem, weekdays } from '@carillon/contracts/program'
import { daysPerWeek, minutesPerDay } from './wall-clock.ts'

/** Windows by weekday, as in pause windows and calling hours. */
export type WeeklyItems = { [weekday in (typeof weekdays)[number]]?: PauseWindowItem[] }

/** Minutes since the start of Sunday; half-open. An end beyond the week is in the next week. */
export interface WeekWindow {
  startMinute: number
  endMinute: number
}

const minutesPerWeek = daysPerWeek * minutesPerDay

/**
 * The windows of a week in order, merged where they overlap or touch; `always` if they cover the whole week.
 *
 * They are merged as wall-clock times, before clock changes move them. Otherwise a gap could open between two overlapping windows on the day of
 * a change.
 */
export function mergeWeek(items: WeeklyItems): WeekWindow[] | 'always' {
  const merged: WeekWindow[] = []
  for (const window of windowsOf(items)) {
    const last = merged.at(-1)
    if (last !== undefined && window.startMinute <= last.endMinute) last.endMinute = Math.max(last.endMinute, window.endMinute)
    else merged.push(window)
  }
  return closeCircle(merged)
}

function windowsOf(items: WeeklyItems): WeekWindow[] {
  const windows = weekdays.flatMap((weekday, day) =>
    (items[weekday] ?? []).map(({ startAt, endAt }) => {
      const startMinute = (day * 24 + startAt.hour) * 60 + startAt.minute
      const endMinute = (day * 24 + endAt.hour) * 60 + endAt.minute
      return { startMinute, endMinute: endMinute > startMinute ? endMinute : endMinute + minutesPerDay }
    }),
  )
  return windows.sort((a, b) => a.startMinute - b.startMinute)
}

/** Merges the last window of Saturday with the first windows of Sunday if it reaches them. */
function closeCircle(merged: WeekWindow[]): WeekWindow[] | 'always' {
  const last = merged.at(-1)
  if (last === undefined) return []
  const windows = [...merged]
  for (let first = windows[0]; first !== undefined && first.startMinute + minutesPerWeek <= last.endMinute; first = windows[0]) {
    if (first === last) return 'always'
    last.endMinute = Math.max(last.endMinute, first.endMinute + minutesPerWeek)
    windows.shift()
  }
  return windows
}
