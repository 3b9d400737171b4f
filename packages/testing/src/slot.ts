/**
 * The number of this worker process, from 1. Each worker has its own NATS account and its own Redis database, and runs one test file at a time.
 * `vitest.config.ts` says where the numbers of a package begin.
 */
export const slot = Number(process.env.TEST_FIRST_SLOT ?? 1) + Number(process.env.VITEST_POOL_ID ?? 1) - 1

/** A variable that `npm test` sets. */
export function fromTestRun(variable: string): string {
  const value = process.env[variable]
  if (!value) throw new Error(`${variable} is not set: run tests that need servers with "npm test"`)
  return value
}
