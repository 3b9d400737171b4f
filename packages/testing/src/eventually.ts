import { setTimeout as delay } from 'node:timers/promises'

/**
 * Calls `check` until it neither throws nor rejects, and returns what it returned; after `timeoutMs` it throws the last error. An assertion
 * about what must come true is thus met as soon as it is, without a sleep of a guessed length.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 30_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
      await delay(intervalMs)
    }
  }
}
