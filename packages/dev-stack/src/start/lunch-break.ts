import { type PauseWindows, weekdays } from '@carillon/contracts/program'

const MINUTE_MS = 60_000
const UNTIL_LUNCH_MS = 20 * MINUTE_MS
const LUNCH_MS = 30 * MINUTE_MS
const ROUND_MS = 5 * MINUTE_MS

/** Half an hour without calls, 20 to 25 minutes after the instant (epoch milliseconds), as a weekly window of the wall clock in the zone. */
export function lunchBreak(nowMs: number, timezone: string): PauseWindows {
  const startMs = Math.ceil((nowMs + UNTIL_LUNCH_MS) / ROUND_MS) * ROUND_MS
  const start = wallClockOf(startMs, timezone)
  const end = wallClockOf(startMs + LUNCH_MS, timezone)
  const weekday = weekdays.find((day) => day === start.weekday)
  if (!weekday) throw new RangeError(`no weekday: ${start.weekday}`)
  return { [weekday]: [{ startAt: start.time, endAt: end.time }] }
}

function wallClockOf(instantMs: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'long', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
  const parts = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]))
  return { weekday: parts.weekday?.toLowerCase(), time: { hour: Number(parts.hour), minute: Number(parts.minute) } }
}
