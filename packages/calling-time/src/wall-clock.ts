import { IANAZone } from 'luxon'
import { isTimezone } from './timezone.ts'

/**
 * A wall-clock time is carried as `wallMs`: the milliseconds at which UTC's clocks would read the same. Calendar arithmetic on it is
 * plain arithmetic; only the two functions that lead to an instant (epoch milliseconds) know about daylight saving.
 */

export const msPerMinute = 60_000
export const minutesPerDay = 1_440
export const daysPerWeek = 7
const msPerDay = minutesPerDay * msPerMinute

/** 1970-01-01 was a Thursday: day 4 of a week that begins on Sunday. */
const weekdayOfEpoch = 4

/** @throws RangeError for a name that is no IANA time zone. */
export function zoneOf(timezone: string): IANAZone {
  if (!isTimezone(timezone)) throw new RangeError(`${JSON.stringify(timezone)} is not an IANA time zone`)
  return IANAZone.create(timezone)
}

/** What the clocks of the zone read at an instant. */
export function wallMsAt(zone: IANAZone, instantMs: number): number {
  return instantMs + offsetMs(zone, instantMs)
}

/** The first instant at which the clocks read this. Where they never do, the time moves forward by the gap (contract rule 13). */
export function firstInstantOf(zone: IANAZone, wallMs: number): number {
  return Math.min(...instantsOf(zone, wallMs))
}

/** The last instant at which the clocks read this. Where they never do, the time moves forward by the gap (contract rule 13). */
export function lastInstantOf(zone: IANAZone, wallMs: number): number {
  return Math.max(...instantsOf(zone, wallMs))
}

/** The number of the week, Sunday to Saturday, that a wall-clock time lies in, and where a week of this number begins. */
export function weekOf(wallMs: number): number {
  return Math.floor((Math.floor(wallMs / msPerDay) + weekdayOfEpoch) / daysPerWeek)
}

export function wallMsOfWeek(week: number): number {
  return (week * daysPerWeek - weekdayOfEpoch) * msPerDay
}

/**
 * A day earlier and a day later the clocks show the offsets before and after any change in between; no zone changes twice within
 * two days. Each offset that is really in force at the instant it leads to gives one: none in a gap, two where clocks went back.
 */
function instantsOf(zone: IANAZone, wallMs: number): number[] {
  const beforeMs = offsetMs(zone, wallMs - msPerDay)
  const afterMs = offsetMs(zone, wallMs + msPerDay)
  if (beforeMs === afterMs) return [wallMs - beforeMs]
  const instants = [beforeMs, afterMs].filter((offset) => offsetMs(zone, wallMs - offset) === offset).map((offset) => wallMs - offset)
  return instants.length > 0 ? instants : [wallMs - beforeMs]
}

function offsetMs(zone: IANAZone, instantMs: number): number {
  return zone.offset(instantMs) * msPerMinute
}
