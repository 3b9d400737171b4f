const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const twoDecimals = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const upToSixDecimals = new Intl.NumberFormat('en', { maximumFractionDigits: 6, minimumFractionDigits: 2 })

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** `12,345` */
export function count(value: number): string {
  return grouped.format(value)
}

/** `54.20 %` */
export function percent(value: number): string {
  return `${twoDecimals.format(value)} %`
}

/** Credits with every decimal that they have, two at least: `1.875075`, `15.75`. */
export function credits(value: number): string {
  return upToSixDecimals.format(value)
}

/** Credits to two decimals, for a figure that changes all the time. */
export function roundCredits(value: number): string {
  return twoDecimals.format(value)
}

/** A rate with as many decimals as it takes to see it: `1,480`, `12.5`, `0.24`. */
export function rate(value: number): string {
  if (value >= 100) return grouped.format(value)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** A duration by its two largest units: `850 ms`, `38 s`, `4 min 10 s`, `2 h 05 min`, `3 d 4 h`. */
export function duration(durationMs: number): string {
  if (durationMs < secondMs) return `${Math.round(durationMs)} ms`
  const rounded = Math.round(durationMs / secondMs) * secondMs
  if (rounded < minuteMs) return `${rounded / secondMs} s`
  if (rounded < hourMs) return twoUnits(rounded, minuteMs, 'min', secondMs, 's')
  if (rounded < dayMs) return twoUnits(rounded, hourMs, 'h', minuteMs, 'min')
  return twoUnits(rounded, dayMs, 'd', hourMs, 'h')
}

function twoUnits(durationMs: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const whole = Math.floor(durationMs / largeMs)
  const rest = Math.floor((durationMs % largeMs) / smallMs)
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${String(rest).padStart(2, '0')} ${small}`
}

/** Wall-clock time in a zone: `Fri 21 Nov 12:04:31`. */
export function wallClock(instantMs: number, timezone: string): string {
  const parts = partsOf(instantMs, timezone)
  return `${parts.weekday} ${parts.day} ${parts.month} ${parts.hour}:${parts.minute}:${parts.second}`
}

/** A time to wait for: `12:30`, or `Mon 24 Nov 09:00` when it lies on another day. */
export function wallTime(instantMs: number, nowMs: number, timezone: string): string {
  const parts = partsOf(instantMs, timezone)
  const today = partsOf(nowMs, timezone)
  const time = `${parts.hour}:${parts.minute}`
  return parts.day === today.day && parts.month === today.month ? time : `${parts.weekday} ${parts.day} ${parts.month} ${time}`
}

function partsOf(instantMs: number, timezone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  return Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]))
}
