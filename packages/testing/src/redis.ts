import { fromTestRun, slot } from './slot.ts'

/** The worker's own Redis database. Data of an earlier test file is still there: run `FLUSHDB` first. */
export function testRedisUrl(): string {
  const url = new URL(fromTestRun('TEST_REDIS_URL'))
  url.pathname = `/${slot}`
  return url.toString()
}
