import type { CallingHours } from '@carillon/contracts/program'
import { findSpans } from './span-finder.ts'
import { zoneOf } from './wall-clock.ts'
import { mergeWeek } from './week-windows.ts'

export interface CompiledCallingHours {
  isOpen: (instantMs: number) => boolean
  /** The instant itself while open, else the next one at which the contact may be called; null where that never comes. */
  nextOpen: (instantMs: number) => number | null
}

/** Hours repeat every week; a change of the clocks disturbs one of them. What is not open within this time never is. */
const patienceMs = 21 * 86_400_000

/**
 * When a contact may be called, by the contact's own clock (contract rule 19). Compile once per set of time zones and keep the object:
 * there are few sets, and many contacts.
 *
 * @param timezones IANA names: the contact's own, or every one of the contact's country where that is all that is known. Several
 * must all be open at once, so nobody is called too early or too late wherever in the country they live.
 * @throws RangeError for an unknown time zone, and where there is none.
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
          if (startMs === null || startMs - instantMs > patienceMs) return null
          cursorMs = startMs
        }
      }
      return cursorMs
    },
  }
}
