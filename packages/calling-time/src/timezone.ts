/// <reference lib="esnext.intl" />
import { IANAZone } from 'luxon'

/** Whether this is the name of an IANA time zone that the runtime knows. An offset (`+01:00`) is not one: it has no daylight saving. */
export function isTimezone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name)
}

/**
 * The names of the time zones of a country; empty for an unknown country.
 *
 * @param country ISO 3166-1 alpha-2.
 */
export function timezonesOfCountry(country: string): readonly string[] {
  return /^[A-Za-z]{2}$/.test(country) ? (new Intl.Locale(`und-${country}`).getTimeZones() ?? []) : []
}

/**
 * The time zone of a country that has only one: all its zones have the same offset on the first of each month of the instant's year. Null for an
 * unknown country and for a country with several: the first name would be arbitrary, for example Adak for the United States.
 *
 * @param country ISO 3166-1 alpha-2.
 */
export function timezoneOfCountry(country: string, instantMs: number): string | null {
  const [first, ...others] = timezonesOfCountry(country).map((name) => IANAZone.create(name))
  if (first === undefined) return null
  const year = new Date(instantMs).getUTCFullYear()
  for (let month = 0; month < 12; month++) {
    const monthMs = Date.UTC(year, month)
    if (others.some((zone) => zone.offset(monthMs) !== first.offset(monthMs))) return null
  }
  return first.name
}
