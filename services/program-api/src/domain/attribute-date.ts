import { firstInstantOf, zoneOf } from '@carillon/calling-time/wall-clock'

/** How to read the dates of a file: whether the day or the month comes first, and which instant a time without an offset means. */
export interface DateReading {
  dayFirst: boolean
  instantOf(wallMs: number): number
}

/** Countries that write the month first. */
const monthFirstCountries = new Set(['US', 'PH', 'FM', 'MH', 'PW', 'GU', 'PR', 'AS', 'MP', 'VI'])

const iso = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})/
const dayMonthYear = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})/
const timeOfDay = /^[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i

/**
 * How to read the dates of a column. The first value that can be read in only one way decides; if there is none, the country does.
 *
 * @param country ISO 3166-1 alpha-2.
 * @param timezone IANA name of the time zone of times without an offset.
 */
export function dateReading(values: readonly string[], country: string, timezone: string): DateReading {
  const zone = zoneOf(timezone)
  let dayFirst = !monthFirstCountries.has(country)
  for (const text of values) {
    const match = dayMonthYear.exec(text)
    if (!match) continue
    if (Number(match[1]) > 12) dayFirst = true
    else if (Number(match[3]) > 12) dayFirst = false
    else continue
    break
  }
  return { dayFirst, instantOf: (wallMs) => firstInstantOf(zone, wallMs) }
}

/** Reads a date of a file into ISO 8601: a day, or an instant in UTC. Null if it is not a date. */
export function readDate(text: string, reading: DateReading): string | null {
  const yearFirst = iso.exec(text)
  if (yearFirst) {
    const [whole, year, , month, day] = yearFirst
    return dateOf(Number(year), Number(month), Number(day), text.slice(whole.length), reading.instantOf)
  }
  const yearLast = dayMonthYear.exec(text)
  if (!yearLast) return null
  const [whole, first, , second, year] = yearLast
  const [day, month] = reading.dayFirst ? [first, second] : [second, first]
  return dateOf(Number(year), Number(month), Number(day), text.slice(whole.length), reading.instantOf)
}

const isoAlone = /^\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$)/i

/** Reads an ISO 8601 day, or an instant with its offset (contract rule 12). Null if it is neither. */
export function readIsoDate(text: string): string | null {
  return isoAlone.test(text) ? readDate(text, { dayFirst: true, instantOf: (wallMs) => wallMs }) : null
}

function dateOf(year: number, month: number, day: number, time: string, instantOf: (wallMs: number) => number): string | null {
  const midnightMs = Date.UTC(year, month - 1, day)
  const date = new Date(midnightMs)
  // Date.UTC reads 31 February as 3 March, and the year 99 as 1999.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  if (time === '') return date.toISOString().slice(0, 10)

  const match = timeOfDay.exec(time)
  if (!match) return null
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return null
  const fractionMs = Number((match[4] ?? '').padEnd(3, '0').slice(0, 3))
  const wallMs = midnightMs + ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs
  const offsetMs = offsetOf(match[5])
  const instant = new Date(offsetMs === null ? instantOf(wallMs) : wallMs - offsetMs)
  // An offset can lead out of the years that ISO 8601 writes with four digits.
  return instant.getUTCFullYear() >= 1 && instant.getUTCFullYear() <= 9999 ? instant.toISOString() : null
}

function offsetOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (text.toUpperCase() === 'Z') return 0
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.slice(1).replace(':', '')
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
}
