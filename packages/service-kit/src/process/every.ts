import type { Logger } from './logger.ts'
import { wakeable } from './wakeable.ts'

export interface RegularWork {
  /** Names the work in log lines. */
  name: string
  /** Real time from the end of a run to the start of the next. */
  intervalMs: number
  work(): Promise<unknown>
  /** Starts the first run at once instead of after an interval. */
  startsNow?: boolean
}

export interface RunningWork {
  /** Resolves when the first run has ended, also if it failed. */
  readonly firstRun: Promise<void>
  /** Starts no more runs, and waits for one that is under way. */
  stop(): Promise<void>
}

/** Runs work at intervals, one run at a time. A run that fails is logged; the next one comes after the same interval. */
export function every({ name, intervalMs, work, startsNow = false }: RegularWork, logger: Logger): RunningWork {
  const wake = wakeable()
  let isStopped = false

  async function runOnce(): Promise<void> {
    if (isStopped) return
    try {
      await work()
    } catch (error) {
      logger.warn({ err: error, work: name, nextInMs: intervalMs }, 'regular work failed')
    }
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
