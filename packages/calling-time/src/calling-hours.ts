import type { CallingHours } from '@carillon/contracts/program'
import { findSpans } from './span-finder.ts'
import { zoneOf } from './wall-clock.ts'
import { mergeWeek } from './week-windows.ts'

export interface CompiledCallingHours {
  isOpen: (instantMs: number) => boolean
  /** The first instant, from this one on, at which the contact may be called; null if there is none. */
  nextOpen: (instantMs: number) => number | null
}

/** Hours repeat every week, and a clock change affects one week only. Hours that do not open within this time never do. */
const horizonMs = 21 * 86_400_000

/**
 * When a contact may be called, in the contact's local time (contract rule 19). Compile once per set of time zones and keep the object: many contacts
 * share a set.
 *
 * @param timezones IANA names: the contact's own time zone, or all time zones of the contact's country if only the country is known. All of them must
 * be open, so that nobody is called too early or too late in any part of the country.
 * @throws RangeError for an unknown time zone, or if there is none.
 */
export function compileCallingHours(hours: CallingHours, timezones: readonly string[]): CompiledCallingHours {
  if (timezones.length === 0) throw new RangeError('Calling hours need a time zone')
  const week = mergeWeek(hours)
  const zones = timezones.map(zoneOf)
  if (week === 'always') return { isOpen: () => true, nextOpen: (instantMs) => instantMs }
  const clocks = zones.map((zone) => findSpans(week, [], zone))

  const isOpen = (instantMs: number) => clocks.every((clock) => clock.spanAt(instantMs) !== null)
  return {
    isOpen,
    nextOpen(instantMs) {
      let cursorMs = instantMs
      while (!isOpen(cursorMs)) {
        for (const clock of clocks) {
          if (clock.spanAt(cursorMs) !== null) continue
          const startMs = clock.nextStart(cursorMs)
          if (startMs === null || startMs - instantMs > horizonMs) return null
          cursorMs = startMs
        }
      }
      return cursorMs
    },
  }
}
