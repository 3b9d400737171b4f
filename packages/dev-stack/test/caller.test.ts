import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@carillon/testing/eventually'
import { expect, test } from 'vitest'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('caller')
const programs = join(import.meta.dirname, 'programs')

test.for(['SIGTERM', 'SIGKILL'] as const)('a command learns that npm alone was ended by %s, also behind two shells', async (signal) => {
  const path = join(dir, signal)
  const command = `/bin/sh -c '"${process.execPath}" "${join(programs, 'called.mjs')}" "${path}"; exit $?'`
  const npm = spawn(process.execPath, [join(programs, 'npm-like.mjs'), command], { stdio: 'ignore' })
  await eventually(() => expect(content(path)).toBe('watching'))
  npm.kill(signal)
  await eventually(() => expect(content(path)).toBe('npm is gone'))
})

function content(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
