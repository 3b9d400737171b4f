import { type PauseWindows, type Weekday, weekdays } from '@carillon/contracts/program'

const minuteMs = 60_000

/** A weekly window of so many minutes that begins at the full minute before `fromMs`, and the instants it stands for. */
export function windowFrom(fromMs: number, minutes: number, timezone: string): { windows: PauseWindows; startMs: number; endMs: number } {
  const startMs = Math.floor(fromMs / minuteMs) * minuteMs
  const endMs = startMs + minutes * minuteMs
  const { weekday, minuteOfDay } = wallClock(startMs, timezone)
  const end = wallClock(endMs, timezone).minuteOfDay
  return { windows: { [weekday]: [{ startAt: timeOfDay(minuteOfDay), endAt: timeOfDay(end) }] }, startMs, endMs }
}

/** Whether an instant lies in one of the weekly windows, which may run past midnight; half-open (contract rule 13). */
export function isWithin(instantMs: number, windows: PauseWindows | null, timezone: string): boolean {
  const { weekday, minuteOfDay } = wallClock(instantMs, timezone)
  const yesterday = weekdays[(weekdays.indexOf(weekday) + 6) % 7] ?? 'sunday'
  const isInWindowOf = (day: Weekday, minute: number) =>
    (windows?.[day] ?? []).some(({ startAt, endAt }) => {
      const start = startAt.hour * 60 + startAt.minute
      const end = endAt.hour * 60 + endAt.minute
      return minute >= start && minute < (end <= start ? end + 1440 : end)
    })
  return isInWindowOf(weekday, minuteOfDay) || isInWindowOf(yesterday, minuteOfDay + 1440)
}

function wallClock(instantMs: number, timezone: string): { weekday: Weekday; minuteOfDay: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'long',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })
  const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, value]))
  const name = parts.get('weekday')?.toLowerCase()
  const weekday = weekdays.find((day) => day === name) ?? 'sunday'
  return { weekday, minuteOfDay: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
}

function timeOfDay(minuteOfDay: number) {
  return { hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 }
}
