import { type CompiledCallingHours, compileCallingHours } from '@carillon/calling-time/calling-hours'
import { timezonesOfCountry } from '@carillon/calling-time/timezone'
import type { CallingHours } from '@carillon/contracts/program'
import { countryOf } from '@carillon/telephony/phone-number'

/** When the contacts of one execution may be called, each in its own local time (contract rule 19). Instants are epoch milliseconds. */
export interface ContactHours {
  /** The instant itself while the contact may be called, else the next one at which it may; null if there is none. */
  nextOpen(phone: string, atMs: number): number | null
  /** The same for all contacts of a zone. */
  nextOpenIn(zone: string, atMs: number): number | null
  /** Until when an order that is made now may be dialed: `untilMs`, or the contact's closing time before it. */
  openUntil(phone: string, nowMs: number, untilMs: number): number
  /** Since when it may: `sinceMs`, or the contact's opening time after it. */
  openSince(phone: string, nowMs: number, sinceMs: number): number
}

const minuteMs = 60_000

/** The zone of contacts at which nobody looks: of an execution without calling hours, or from before contacts had zones. */
const anyHour = ''
/** The zone of numbers without a country. */
const fallbackZone = 'program'

/** The zone of a number: its country, where there are calling hours. */
export function zoning(hours: CallingHours | null): (phone: string) => string {
  return hours === null ? () => anyHour : (phone) => countryOf(phone) ?? fallbackZone
}

/** The zones whose contacts may be called now, and those whose contacts never may: they are to be skipped. */
export function zonesAt(hours: ContactHours | null, zones: readonly string[], nowMs: number): { open: string[]; never: string[] } {
  if (hours === null) return { open: [...zones], never: [] }
  const opening = new Map(zones.map((zone) => [zone, hours.nextOpenIn(zone, nowMs)]))
  return { open: zones.filter((zone) => opening.get(zone) === nowMs), never: zones.filter((zone) => opening.get(zone) === null) }
}

/** When the first contact of these zones is due and may be called; `Infinity` if none waits. A contact that never may is due to be skipped. */
export function nextCallable(hours: ContactHours | null, dueByZone: ReadonlyMap<string, number>, nowMs: number): number {
  let next = Infinity
  for (const [zone, dueAtMs] of dueByZone) {
    next = Math.min(next, hours === null ? dueAtMs : (hours.nextOpenIn(zone, Math.max(dueAtMs, nowMs)) ?? dueAtMs))
  }
  return next
}

interface ZoneHours {
  compiled: CompiledCallingHours
  /** The last answers: all contacts of one round ask the same questions. */
  last: { nowMs: number; untilMs: number; answerMs: number }
  lastSince: { nowMs: number; sinceMs: number; answerMs: number }
}

/** @param fallbackTimezone of numbers whose country is unknown, such as trunk extensions. */
export function contactHours(hours: CallingHours, fallbackTimezone: string): ContactHours {
  const byZone = new Map<string, ZoneHours>()
  const zoneOf = zoning(hours)
  function of(zone: string): ZoneHours {
    const known = byZone.get(zone)
    if (known) return known
    const timezones = timezonesOfCountry(zone)
    const compiled = compileCallingHours(hours, timezones.length > 0 ? timezones : [fallbackTimezone])
    const made = { compiled, last: { nowMs: NaN, untilMs: NaN, answerMs: NaN }, lastSince: { nowMs: NaN, sinceMs: NaN, answerMs: NaN } }
    byZone.set(zone, made)
    return made
  }
  return {
    nextOpen: (phone, atMs) => of(zoneOf(phone)).compiled.nextOpen(atMs),
    nextOpenIn: (zone, atMs) => (zone === anyHour ? atMs : of(zone).compiled.nextOpen(atMs)),
    openUntil(phone, nowMs, untilMs) {
      const zone = of(zoneOf(phone))
      if (zone.last.nowMs !== nowMs || zone.last.untilMs !== untilMs) {
        zone.last = { nowMs, untilMs, answerMs: closeBefore(zone.compiled, nowMs, untilMs) }
      }
      return zone.last.answerMs
    },
    openSince(phone, nowMs, sinceMs) {
      const zone = of(zoneOf(phone))
      if (zone.lastSince.nowMs !== nowMs || zone.lastSince.sinceMs !== sinceMs) {
        zone.lastSince = { nowMs, sinceMs, answerMs: openAfter(zone.compiled, nowMs, sinceMs) }
      }
      return zone.lastSince.answerMs
    },
  }
}

/** Steps by whole minutes, because hours begin and end at them. */
function closeBefore(compiled: CompiledCallingHours, nowMs: number, untilMs: number): number {
  let minute = (Math.floor(nowMs / minuteMs) + 1) * minuteMs
  while (minute < untilMs && compiled.isOpen(minute)) minute += minuteMs
  return Math.min(minute, untilMs)
}

function openAfter(compiled: CompiledCallingHours, nowMs: number, sinceMs: number): number {
  let minute = Math.floor(nowMs / minuteMs) * minuteMs
  while (minute > sinceMs && compiled.isOpen(minute - minuteMs)) minute -= minuteMs
  return Math.max(minute, sinceMs)
}
