import { Gauge, type Registry } from 'prom-client'

/** Watches that loops and regular work get on. Time is that of the monotonic clock. */
export interface Watchdog {
  /** Watches one piece of work from now on. It is overdue when nothing has been heard of it for this long. */
  watch(name: string, limitMs: number): Watched
  /** The names of what is overdue now, in order. */
  overdue(): string[]
}

export interface Watched {
  /** The work has got on: the time counts from now. */
  progress(): void
  /** The work has come to its end, and is not watched any more. */
  end(): void
}

/** Work of the service does not get on. */
export class OverdueError extends Error {
  override name = 'OverdueError'
  readonly overdue: readonly string[]

  constructor(overdue: readonly string[]) {
    super(`does not get on: ${overdue.join(', ')}`)
    this.overdue = overdue
  }
}

/** @param registry gets a gauge with the seconds since each work got on, for work that is overdue: an alert needs only that it is there. */
export function createWatchdog(registry: Registry): Watchdog {
  const all = new Set<{ name: string; limitMs: number; heardAtMs: number }>()

  function late() {
    const nowMs = performance.now()
    return [...all].filter(({ limitMs, heardAtMs }) => nowMs - heardAtMs > limitMs)
  }

  new Gauge({
    name: 'work_overdue_seconds',
    help: 'Time since work that is overdue last got on; absent while it is not overdue',
    labelNames: ['work'],
    registers: [registry],
    collect() {
      this.reset()
      const nowMs = performance.now()
      for (const { name, heardAtMs } of late()) this.set({ work: name }, (nowMs - heardAtMs) / 1000)
    },
  })

  return {
    watch(name, limitMs) {
      const entry = { name, limitMs, heardAtMs: performance.now() }
      all.add(entry)
      return {
        progress() {
          entry.heardAtMs = performance.now()
        },
        end: () => void all.delete(entry),
      }
    },
    overdue: () =>
      late()
        .map(({ name }) => name)
        .sort(),
  }
}
