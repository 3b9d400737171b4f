import { fromTestRun, slot } from './slot.ts'

/** The worker's own database on the Redis for tests. What an earlier test file left is still there: `FLUSHDB` first. */
export function testRedisUrl(): string {
  const url = new URL(fromTestRun('TEST_REDIS_URL'))
  url.pathname = `/${slot}`
  return url.toString()
}
