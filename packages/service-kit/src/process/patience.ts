import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from './logger.ts'

interface Wait<T> {
  /** What is waited for, such as `Postgres`. */
  what: string
  logger: Logger
  work(): Promise<T>
  /** Whether another try may succeed. */
  isPassing(error: unknown): boolean
}

const retryMs = 500
const logEveryMs = 5_000

/**
 * Tries until the work succeeds, and says every few seconds what it waits for. It has no deadline: whoever started the process decides how long it may
 * wait. Rejects with the first error that will not pass.
 */
export async function untilDone<T>({ what, logger, work, isPassing }: Wait<T>): Promise<T> {
  const startedAtMs = performance.now()
  let logDueMs = startedAtMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error)) throw error
      const nowMs = performance.now()
      if (nowMs >= logDueMs) {
        logDueMs = nowMs + logEveryMs
        logger.warn({ err: error, waitedMs: Math.round(nowMs - startedAtMs) }, `waiting for ${what}`)
      }
      await delay(retryMs)
    }
  }
}
