/**
 * Test files run side by side in as many worker processes as `npm test` sets; each has a number, from 1, and with it a NATS account and a
 * Redis database of its own. A worker runs one file at a time.
 */
export const slot = Number(process.env.VITEST_POOL_ID ?? 1)

/** A variable that `npm test` sets. */
export function fromTestRun(variable: string): string {
  const value = process.env[variable]
  if (!value) throw new Error(`${variable} is not set: tests that need servers run by "npm test"`)
  return value
}
