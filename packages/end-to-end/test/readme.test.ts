import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createClient } from '@carillon/client/client'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { parseStartArguments } from '@carillon/dev-stack/start/arguments'
import { openOrganization } from '@carillon/dev-stack/start/organization'
import { planRun } from '@carillon/dev-stack/start/plan'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchDir } from './support/scratch.ts'

const sessionTimeoutMs = 60_000
const secretsPath = join(scratchDir('readme'), 'secrets.json')

let stack: TestStack
beforeAll(async () => {
  stack = await testStack({
    carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/default.json'), seed: 7 },
    speed: 600,
  })
})
afterAll(() => stack.close())

test(
  'the first session of the README runs as it stands, also for the second time',
  async () => {
    expect(await missingPrograms(), 'the session needs these programs on PATH').toEqual([])
    const plan = planRun(parseStartArguments([]), Date.now())
    const { apiKey } = await openOrganization(stack.gatewayUrl, plan, { secrets: stack.secrets, secretsPath })
    const client = createClient({ baseUrl: stack.gatewayUrl, apiKey })
    const session = sessionOf(readFileSync(join(repositoryRoot, 'README.md'), 'utf8'), { API: stack.gatewayUrl, KEY: apiKey })

    for (const runs of [1, 2]) {
      const { exitCode, printed, errors } = await inBash(session)
      expect({ exitCode, errors }, printed).toEqual({ exitCode: 0, errors: '' })
      const programs = await client.programs.list()
      expect(programs).toHaveLength(runs)
      const executions = (await Promise.all(programs.map(({ id }) => client.programs.executions(id)))).flat()
      expect(executions.map(({ status }) => status)).toEqual(Array.from({ length: runs }, () => 'completed'))

      const [imported, , report, calls] = valuesIn(printed) as [Answer, Answer, Answer, Answer]
      expect(imported).toMatchObject({ rows: 6, rejected: 1 })
      expect(executions.map(({ id }) => id)).toContain(report.executionId)
      expect(report).toMatchObject({ status: 'completed', contactMetrics: { totalContacts: 5 } })
      expect(calls).toMatchObject({ meta: { page: 1, limit: 10 } })
    }
  },
  2 * sessionTimeoutMs,
)

type Answer = Record<string, unknown>

/** The shell of the chapter, with the values of its first lines replaced. */
function sessionOf(readme: string, values: Record<string, string>): string {
  const [, chapter = ''] = readme.split('\n## A first session\n')
  const block = /```sh\n([\s\S]*?)```/.exec(chapter)?.[1] ?? ''
  const session = Object.entries(values).reduce(
    (script, [name, value]) => script.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${value}`),
    block,
  )
  for (const [name, value] of Object.entries(values)) expect(session).toContain(`${name}=${value}\n`)
  return session
}

/** Runs lines in bash as if they were typed, in the root of the checkout. */
async function inBash(script: string): Promise<{ exitCode: number | null; printed: string; errors: string }> {
  const child = spawn('bash', [], { cwd: repositoryRoot, timeout: sessionTimeoutMs })
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  child.stdin.end(script)
  const [printed, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { exitCode, printed, errors }
}

/** What jq printed: it closes each value with a brace at the start of a line. */
function valuesIn(printed: string): Answer[] {
  const values = printed.split(/(?<=^\})\n/m).filter((value) => value.trim() !== '')
  return values.map((value) => JSON.parse(value) as Answer)
}

async function missingPrograms(): Promise<string[]> {
  const found = await Promise.all(
    ['bash', 'curl', 'jq'].map(async (program) => {
      const child = spawn(program, ['--version'], { stdio: 'ignore' })
      return new Promise<string[]>((resolve) => {
        child.once('error', () => resolve([program]))
        child.once('close', () => resolve([]))
      })
    }),
  )
  return found.flat()
}
