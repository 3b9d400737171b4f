import { IANAZone } from 'luxon'
import { isTimezone } from './timezone.ts'

/**
 * A wall-clock time is a number `wallMs`: the epoch milliseconds at which a UTC clock shows this time. Calendar calculations with it are plain
 * arithmetic. Only the conversions to and from instants know about daylight saving.
 */

export const msPerMinute = 60_000
export const minutesPerDay = 1_440
export const daysPerWeek = 7
const msPerDay = minutesPerDay * msPerMinute

/** 1970-01-01 was a Thursday: day 4 of a week that begins on Sunday. */
const weekdayOfEpoch = 4

/** @throws RangeError for a name that is not an IANA time zone. */
export function zoneOf(timezone: string): IANAZone {
  if (!isTimezone(timezone)) throw new RangeError(`${JSON.stringify(timezone)} is not an IANA time zone`)
  return IANAZone.create(timezone)
}

/** The wall-clock time of the zone at an instant. */
export function wallMsAt(zone: IANAZone, instantMs: number): number {
  return instantMs + offsetMs(zone, instantMs)
}

/** The first instant at which the clocks show this time. A time that does not exist moves forward by the gap (contract rule 13). */
export function firstInstantOf(zone: IANAZone, wallMs: number): number {
  return Math.min(...instantsOf(zone, wallMs))
}

/** The last instant at which the clocks show this time. A time that does not exist moves forward by the gap (contract rule 13). */
export function lastInstantOf(zone: IANAZone, wallMs: number): number {
  return Math.max(...instantsOf(zone, wallMs))
}

/** The number of the week, Sunday to Saturday, that contains a wall-clock time. */
export function weekOf(wallMs: number): number {
  return Math.floor((Math.floor(wallMs / msPerDay) + weekdayOfEpoch) / daysPerWeek)
}

/** When the week of this number begins. */
export function wallMsOfWeek(week: number): number {
  return (week * daysPerWeek - weekdayOfEpoch) * msPerDay
}

/**
 * Candidates are the offsets a day before and a day after: no zone changes twice within two days. A candidate counts if it is in force at the instant
 * that it gives. In a gap none does; when clocks go back, two do.
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
