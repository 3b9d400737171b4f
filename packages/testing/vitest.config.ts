import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** All tests of the workspace. `npm test` sets TEST_…; a pure test runs without. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['{packages,services}/*/{src,test}/**/*.test.ts'],
    pool: 'forks',
    // As many as the servers have room for side by side: see src/slot.ts.
    maxWorkers: Number(process.env.TEST_WORKERS ?? 2),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
})
