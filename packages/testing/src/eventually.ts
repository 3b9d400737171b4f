import { setTimeout as delay } from 'node:timers/promises'

/**
 * Calls `check` until it neither throws nor rejects, and returns its result. After `timeoutMs` it throws the last error.
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
