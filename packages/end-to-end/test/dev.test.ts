import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { runDev } from '@carillon/dev-stack/dev/dev-stack'
import { Interrupted } from '@carillon/dev-stack/interruption'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import type { Stack } from '@carillon/dev-stack/stack'
import { eventually } from '@carillon/testing/eventually'
import { expect, test } from 'vitest'
import { scratchDir } from './support/scratch.ts'

const patient = { timeoutMs: 120_000 }

test('npm run dev restarts the service whose source changes, and Ctrl-C leaves no process', async () => {
  const dataDir = scratchDir('dev')
  const interruption = new AbortController()
  const said: string[] = []
  const ready = Promise.withResolvers<Stack>()
  const running = runDev({
    dataDir,
    watched: ['billing', 'reporting'],
    inspect: false,
    say: (line) => said.push(line),
    signal: interruption.signal,
    onReady: ready.resolve,
  })
  const stack = await Promise.race([ready.promise, running.then(() => Promise.reject(new Error('it ended early')))])
  const pidsBefore = pidsOf(stack)
  expect(said.join('\n')).toMatch(/^API=http:\S+\nKEY=ck_\S+\nTEST_KEY=ck_test_\S+$/m)

  const now = new Date()
  utimesSync(join(repositoryRoot, 'services/billing/src/main.ts'), now, now)
  await eventually(() => expect(said.some((line) => line.startsWith('billing restarted in'))).toBe(true), patient)
  await eventually(() => expect(said.some((line) => /^billing +INFO /.test(line))).toBe(true), patient)
  const { billing, ...others } = pidsOf(stack)
  expect(billing).not.toBe(pidsBefore.billing)
  expect({ ...others, billing: 0 }).toEqual({ ...pidsBefore, billing: 0 })

  interruption.abort(new Interrupted('SIGINT', 130))
  await running
  expect(readdirSync(join(dataDir, 'processes'))).toEqual([])
}, 300_000)

function pidsOf({ services }: Stack): Record<string, number> {
  return Object.fromEntries(Object.values(services).map(({ name, pid }) => [name, pid]))
}
