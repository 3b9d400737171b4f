/// <reference lib="esnext.intl" />
import { IANAZone } from 'luxon'

/** Whether this is an IANA time zone that the runtime's database knows. An offset (`+01:00`) is none: it has no daylight saving. */
export function isTimezone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name)
}

/**
 * The time zones in use in a country, by name; none where the country is unknown.
 *
 * @param country ISO 3166-1 alpha-2.
 */
export function timezonesOfCountry(country: string): readonly string[] {
  return /^[A-Za-z]{2}$/.test(country) ? (new Intl.Locale(`und-${country}`).getTimeZones() ?? []) : []
}

/**
 * The time zone of a country whose clocks all read the same on the first of each month of the instant's year. Null for a country
 * that has several (the first by name would be Adak for the United States), and for one that is unknown; `timezonesOfCountry` names them.
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
