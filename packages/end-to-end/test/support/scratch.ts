import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fromTestRun } from '@carillon/testing/slot'

/** An empty folder for one test file, where `npm test` looks for processes that a test left behind. */
export function scratchDir(name: string): string {
  const dir = join(fromTestRun('TEST_DATA_DIR'), 'stacks', `${name}-${process.pid}`)
  mkdirSync(dir, { recursive: true })
  return dir
}
