import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@carillon/testing/eventually'
import { expect, test } from 'vitest'
import { identityOf } from '../src/process-identity.ts'
import { runTool } from '../src/tool.ts'
import { scratchDir } from './support/scratch.ts'

const program = (name: string) => join(import.meta.dirname, 'programs', `${name}.mjs`)
const { signal } = new AbortController()

test('the output and the exit code of a tool are returned', async () => {
  const run = await runTool(process.execPath, [program('failing')], { signal })
  expect(run).toEqual({ exitCode: 3, output: 'the port is taken\n' })
})

test.each(['attached', 'detached'])('the processes that a tool started end with it when it is interrupted: %s', async (kind) => {
  const pidPath = join(scratchDir('tool'), 'pid')
  const interruption = new AbortController()
  const running = runTool(process.execPath, [program('parent'), pidPath, kind], { signal: interruption.signal })
  const pid = await eventually(() => {
    expect(existsSync(pidPath)).toBe(true)
    return Number(readFileSync(pidPath, 'utf8'))
  })
  interruption.abort(new Error('Ctrl-C'))
  await expect(running).rejects.toThrow('Ctrl-C')
  await eventually(() => expect(identityOf(pid)).toBeNull())
})
