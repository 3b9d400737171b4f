/** A sleep that can be cut short. */
export interface Wakeable {
  /** Ends the current sleep, or the next one if nothing sleeps. */
  now(): void
  /** Sleeps at most this long. */
  within(ms: number): Promise<void>
}

export function wakeable(): Wakeable {
  let pending = false
  let wake: (() => void) | undefined
  return {
    now() {
      if (wake) wake()
      else pending = true
    },
    within(ms) {
      if (pending) {
        pending = false
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const timer = setTimeout(done, ms)
        function done() {
          clearTimeout(timer)
          wake = undefined
          resolve()
        }
        wake = done
      })
    },
  }
}
