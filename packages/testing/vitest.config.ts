import { relative } from 'node:path'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { firstSlotOf } from '@carillon/dev-stack/test-slots'
import { defineConfig } from 'vitest/config'

/**
 * The one configuration for all tests. In the folder of a package (its `test` script, which turbo runs) it takes that package's tests and
 * writes their report; in the root (`npm test -- path`) it takes all. `npm test` sets TEST_…; a pure test runs without.
 */
const folder = relative(repositoryRoot, process.cwd())
const isPackage = folder !== ''

export default defineConfig({
  test: {
    root: process.cwd(),
    include: [isPackage ? '{src,test}/**/*.test.ts' : '{packages,services}/*/{src,test}/**/*.test.ts'],
    passWithNoTests: isPackage,
    pool: 'forks',
    maxWorkers: Number(process.env[folder === 'packages/end-to-end' ? 'TEST_WORKERS_ALONE' : 'TEST_WORKERS'] ?? 2),
    // Modules keep no state between test files, and loading them anew for each file takes half of the time.
    isolate: !isPackage || folder === 'packages/end-to-end',
    env: { TEST_FIRST_SLOT: String(isPackage ? firstSlotOf(folder) : 1) },
    ...(isPackage ? { reporters: ['default', 'json'], outputFile: { json: '.carillon/tests.json' } } : {}),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
})
