/** A process that can be started again; see `ServiceProcess`. */
export interface Restartable {
  name: string
  /** Settles when the current process has ended, with the reason. */
  readonly exited: Promise<string>
  lastWords(): string
  /** Starts it again; rejects when it does not become ready. */
  restart(): Promise<void>
}

export interface Restarter {
  /** Restarts the process; a call during a restart leads to one more when that is done. */
  restart(name: string): void
  /** Nothing is restarted or reported any more. */
  end(): void
}

/** Restarts processes on request and reports those that stop by themselves. A process that cannot start is left until the next request. */
export function startRestarter(processes: readonly Restartable[], say: (line: string) => void): Restarter {
  const busy = new Map<string, { again: boolean }>()
  let hasEnded = false

  const report = (process: Restartable) => {
    const { exited } = process
    void exited.then((how) => {
      if (hasEnded || busy.has(process.name) || process.exited !== exited) return
      say(`${process.name} stopped (${how}); it starts again when its source changes\n${process.lastWords()}`)
    })
  }
  for (const process of processes) report(process)

  const run = async (process: Restartable) => {
    const state = { again: true }
    busy.set(process.name, state)
    let isUp = false
    while (state.again && !hasEnded) {
      state.again = false
      const startedAtMs = performance.now()
      try {
        await process.restart()
        isUp = true
        say(`${process.name} restarted in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`)
      } catch (error) {
        isUp = false
        if (!hasEnded) say(`${error instanceof Error ? error.message : String(error)}\n${process.name} waits for the next change`)
      }
    }
    busy.delete(process.name)
    if (isUp) report(process)
  }

  return {
    restart(name) {
      const process = processes.find((candidate) => candidate.name === name)
      const state = busy.get(name)
      if (state) state.again = true
      else if (process && !hasEnded) void run(process)
    },
    end() {
      hasEnded = true
    },
  }
}
