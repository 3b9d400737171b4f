import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { firstInstantOf, msPerMinute, wallMsAt, zoneOf } from './wall-clock.ts'

/**
 * When a contact of a live program is called, by its date: epoch milliseconds, or null for a value that is no date, and for a time beyond the years 2000 to 2100.
 *
 * @param value the contact's attribute: a day (`2026-03-20`) or an instant, ISO 8601.
 */
export type TriggerTimes = (value: unknown) => number | null

const day = /^\d{4}-\d{2}-\d{2}$/
const msPerDay = 86_400_000
const firstMs = Date.UTC(2000, 0)
const endMs = Date.UTC(2101, 0)

/** Dates whose times are remembered: the contacts of a program share many, and a time zone is slow to ask. */
const rememberedDates = 10_000

/**
 * Compiles a condition, once for many contacts. A date is moved by the offset. One without a time is the start of that day in the program's time zone. Days are
 * days of the calendar there: two days before nine o'clock is nine o'clock, also when the clocks change in between. Hours and minutes are exact.
 *
 * @param timezone IANA name.
 * @throws RangeError for an unknown time zone.
 */
export function triggerTimes({ direction, offset }: TriggerCondition, timezone: string): TriggerTimes {
  const zone = zoneOf(timezone)
  const sign = direction === 'before' ? -1 : 1
  const daysMs = sign * offset.days * msPerDay
  const exactMs = sign * (offset.hours * 60 + offset.minutes) * msPerMinute

  function timeOf(value: string): number | null {
    const parsedMs = Date.parse(value)
    if (Number.isNaN(parsedMs)) return null
    const isDay = day.test(value)
    // Without days an instant stays exact: its wall-clock time may be there twice.
    const movedMs = isDay || daysMs !== 0 ? firstInstantOf(zone, (isDay ? parsedMs : wallMsAt(zone, parsedMs)) + daysMs) : parsedMs
    const atMs = movedMs + exactMs
    return atMs >= firstMs && atMs < endMs ? atMs : null
  }

  const remembered = new Map<string, number | null>()
  return (value) => {
    if (typeof value !== 'string') return null
    const known = remembered.get(value)
    if (known !== undefined) return known
    const atMs = timeOf(value)
    if (remembered.size === rememberedDates) remembered.clear()
    remembered.set(value, atMs)
    return atMs
  }
}
