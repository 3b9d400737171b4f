import { type PauseWindows, weekdays } from '@carillon/contracts/program'

const minuteMs = 60_000
const untilLunchMs = 20 * minuteMs
const lunchMs = 30 * minuteMs
const roundMs = 5 * minuteMs

/** Half an hour without calls, 20 to 25 minutes after the instant (epoch milliseconds), as a weekly window of the wall clock in the zone. */
export function lunchBreak(nowMs: number, timezone: string): PauseWindows {
  const startMs = Math.ceil((nowMs + untilLunchMs) / roundMs) * roundMs
  const start = wallClockOf(startMs, timezone)
  const end = wallClockOf(startMs + lunchMs, timezone)
  const weekday = weekdays.find((day) => day === start.weekday)
  if (!weekday) throw new RangeError(`no weekday: ${start.weekday}`)
  return { [weekday]: [{ startAt: start.time, endAt: end.time }] }
}

function wallClockOf(instantMs: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'long', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
  const parts = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]))
  return { weekday: parts.weekday?.toLowerCase(), time: { hour: Number(parts.hour), minute: Number(parts.minute) } }
}
