import type { Logger } from './logger.ts'
import { wakeable } from './wakeable.ts'
import type { Watchdog } from './watchdog.ts'

export interface RegularWork {
  /** Names the work in log lines. */
  name: string
  /** Real time from the end of a run to the start of the next. */
  intervalMs: number
  work(): Promise<unknown>
  /** Starts the first run at once instead of after an interval. */
  startsNow?: boolean
  /** A run that takes longer than this makes the service not ready. Two minutes when absent. */
  runLimitMs?: number
}

const defaultRunLimitMs = 120_000

interface EveryDeps {
  logger: Logger
  watchdog: Watchdog
}

export interface RunningWork {
  /** Resolves when the first run has ended, also if it failed. */
  readonly firstRun: Promise<void>
  /** Starts no more runs, and waits for one that is under way. */
  stop(): Promise<void>
}

/**
 * Runs work at intervals, one run at a time. A run that fails is logged; the next one comes after the same interval. A run that does not end is not
 * given up, as two runs would then overlap: the watchdog shows it.
 */
export function every(regular: RegularWork, { logger, watchdog }: EveryDeps): RunningWork {
  const { name, intervalMs, work, startsNow = false, runLimitMs = defaultRunLimitMs } = regular
  const wake = wakeable()
  const watched = watchdog.watch(name, intervalMs + runLimitMs)
  let isStopped = false

  async function runOnce(): Promise<void> {
    if (isStopped) return
    try {
      await work()
    } catch (error) {
      logger.warn({ err: error, work: name, nextInMs: intervalMs }, 'regular work failed')
    }
    watched.progress()
  }

  async function start(): Promise<void> {
    if (!startsNow) await wake.within(intervalMs)
    await runOnce()
  }

  const firstRun = start()
  const running = firstRun.then(async () => {
    while (!isStopped) {
      await wake.within(intervalMs)
      await runOnce()
    }
    watched.end()
  })
  return {
    firstRun,
    async stop() {
      isStopped = true
      wake.now()
      await running
    },
  }
}
