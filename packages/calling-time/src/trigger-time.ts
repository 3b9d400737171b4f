import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { firstInstantOf, msPerMinute, wallMsAt, zoneOf } from './wall-clock.ts'

const day = /^\d{4}-\d{2}-\d{2}$/
const msPerDay = 86_400_000

/**
 * When a contact of a live program is called: its date, moved by the offset. A date without a time is the start of that day in the program's time zone. Days are
 * days of the calendar there: two days before nine o'clock is nine o'clock, also when the clocks change in between. Hours and minutes are exact.
 *
 * @param value the contact's attribute: a day (`2026-03-20`) or an instant, ISO 8601.
 * @param timezone IANA name.
 * @returns epoch milliseconds; null for a value that is no date, or a time beyond the years 2000 to 2100.
 */
export function triggerTime(value: unknown, { direction, offset }: TriggerCondition, timezone: string): number | null {
  if (typeof value !== 'string') return null
  const zone = zoneOf(timezone)
  const parsedMs = Date.parse(value)
  if (Number.isNaN(parsedMs)) return null
  const sign = direction === 'before' ? -1 : 1
  const fromWallMs = day.test(value) ? parsedMs : wallMsAt(zone, parsedMs)
  // Without days an instant stays exact: its wall-clock time may be there twice.
  const movedMs = offset.days === 0 && !day.test(value) ? parsedMs : firstInstantOf(zone, fromWallMs + sign * offset.days * msPerDay)
  const atMs = movedMs + sign * (offset.hours * 60 + offset.minutes) * msPerMinute
  return atMs >= firstMs && atMs < endMs ? atMs : null
}

const firstMs = Date.UTC(2000, 0)
const endMs = Date.UTC(2101, 0)
