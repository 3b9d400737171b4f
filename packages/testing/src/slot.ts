/**
 * Test files run side by side in worker processes. Each worker has a slot, a number from 1, and with it a NATS account and a Redis database
 * of its own. A worker runs one file at a time. `vitest.config.ts` says where the slots of a package begin.
 */
export const slot = Number(process.env.TEST_FIRST_SLOT ?? 1) + Number(process.env.VITEST_POOL_ID ?? 1) - 1

/** A variable that `npm test` sets. */
export function fromTestRun(variable: string): string {
  const value = process.env[variable]
  if (!value) throw new Error(`${variable} is not set: tests that need servers are run by "npm test"`)
  return value
}
