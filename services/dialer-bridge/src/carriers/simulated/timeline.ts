import type { Clock } from '@carillon/service-kit/process/clock'

/** Something that will happen, unless it is cancelled. */
export interface Appointment {
  cancel(): void
}

/** Runs actions at instants of platform time, epoch milliseconds. */
export interface Timeline {
  at(instantMs: number, action: () => void): Appointment
}

/** Actions that are due already run together in the next turn of the event loop: a thousand calls that last no time need no timer. */
export function timeline(clock: Clock): Timeline {
  let due: (() => void)[] = []

  function runDue() {
    const actions = due
    due = []
    for (const action of actions) action()
  }

  return {
    at(instantMs, action) {
      const waitMs = (instantMs - clock.now()) / clock.speed
      if (waitMs > 0) {
        const timer = setTimeout(action, waitMs)
        return { cancel: () => clearTimeout(timer) }
      }
      let isCancelled = false
      if (due.length === 0) setImmediate(runDue)
      due.push(() => {
        if (!isCancelled) action()
      })
      return {
        cancel() {
          isCancelled = true
        },
      }
    },
  }
}
