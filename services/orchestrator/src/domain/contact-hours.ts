import { type CompiledCallingHours, compileCallingHours } from '@carillon/calling-time/calling-hours'
import { timezonesOfCountry } from '@carillon/calling-time/timezone'
import type { CallingHours } from '@carillon/contracts/program'
import { countryOf } from '@carillon/telephony/phone-number'

/** When the contacts of one execution may be called, each in its own local time (contract rule 19). Instants are epoch milliseconds. */
export interface ContactHours {
  /** The instant itself while the contact may be called, else the next one at which it may; null if there is none. */
  nextOpen(phone: string, atMs: number): number | null
  /** Until when an order that is made now may be dialed: `untilMs`, or the contact's closing time before it. */
  openUntil(phone: string, nowMs: number, untilMs: number): number
  /** Since when it may: `sinceMs`, or the contact's opening time after it. */
  openSince(phone: string, nowMs: number, sinceMs: number): number
}

const minuteMs = 60_000

interface CountryHours {
  compiled: CompiledCallingHours
  /** The last answers: all contacts of one round ask the same questions. */
  last: { nowMs: number; untilMs: number; answerMs: number }
  lastSince: { nowMs: number; sinceMs: number; answerMs: number }
}

/** @param fallbackTimezone of numbers whose country is unknown, such as trunk extensions. */
export function contactHours(hours: CallingHours, fallbackTimezone: string): ContactHours {
  const byCountry = new Map<string, CountryHours>()
  function of(phone: string): CountryHours {
    const country = countryOf(phone) ?? ''
    const known = byCountry.get(country)
    if (known) return known
    const timezones = timezonesOfCountry(country)
    const compiled = compileCallingHours(hours, timezones.length > 0 ? timezones : [fallbackTimezone])
    const made = { compiled, last: { nowMs: NaN, untilMs: NaN, answerMs: NaN }, lastSince: { nowMs: NaN, sinceMs: NaN, answerMs: NaN } }
    byCountry.set(country, made)
    return made
  }
  return {
    nextOpen: (phone, atMs) => of(phone).compiled.nextOpen(atMs),
    openUntil(phone, nowMs, untilMs) {
      const country = of(phone)
      if (country.last.nowMs !== nowMs || country.last.untilMs !== untilMs) {
        country.last = { nowMs, untilMs, answerMs: closeBefore(country.compiled, nowMs, untilMs) }
      }
      return country.last.answerMs
    },
    openSince(phone, nowMs, sinceMs) {
      const country = of(phone)
      if (country.lastSince.nowMs !== nowMs || country.lastSince.sinceMs !== sinceMs) {
        country.lastSince = { nowMs, sinceMs, answerMs: openAfter(country.compiled, nowMs, sinceMs) }
      }
      return country.lastSince.answerMs
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
