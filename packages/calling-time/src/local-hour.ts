import { timezoneOfCountry } from './timezone.ts'
import { wallMsAt, zoneOf } from './wall-clock.ts'

const hourMs = 3_600_000
/** Every offset of a time zone is a multiple of it. */
const quarterMs = hourMs / 4
/** Answers that are kept: those of a country in a quarter of an hour are the same. */
const kept = 10_000

const hours = new Map<string, number | null>()

/**
 * The hour that the clocks of a country show at an instant, 0 to 23; null for a country with several time zones, and for an unknown one.
 *
 * @param country ISO 3166-1 alpha-2.
 */
export function localHour(country: string, instantMs: number): number | null {
  const quarter = Math.floor(instantMs / quarterMs)
  const key = `${country} ${quarter}`
  const known = hours.get(key)
  if (known !== undefined) return known
  const timezone = timezoneOfCountry(country, instantMs)
  const hour = timezone === null ? null : Math.floor(wallMsAt(zoneOf(timezone), quarter * quarterMs) / hourMs) % 24
  if (hours.size >= kept) hours.clear()
  hours.set(key, hour)
  return hour
}
