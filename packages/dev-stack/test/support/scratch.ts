import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * An empty folder for one test file. Within `npm test` it lies where the command looks for processes that a test left behind.
 */
export function scratchDir(name: string): string {
  const dir = join(process.env.TEST_DATA_DIR ?? tmpdir(), 'stacks', `${name}-${process.pid}`)
  mkdirSync(dir, { recursive: true })
  return dir
}
