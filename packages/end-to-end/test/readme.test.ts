import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@carillon/client/client'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { parseStartArguments } from '@carillon/dev-stack/start/arguments'
import { openOrganization } from '@carillon/dev-stack/start/organization'
import { planRun } from '@carillon/dev-stack/start/plan'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchDir } from './support/scratch.ts'
import { type Answer, inBash, missingPrograms, sessionTimeoutMs, shellBlocksOf, valuesIn, withValues } from './support/shell-session.ts'

const secretsPath = join(scratchDir('readme'), 'secrets.json')

let stack: TestStack
let apiKey: string
beforeAll(async () => {
  stack = await testStack({
    carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/default.json'), seed: 7 },
    speed: 600,
  })
  const plan = planRun(parseStartArguments([]), Date.now())
  apiKey = (await openOrganization(stack.gatewayUrl, plan, { secrets: stack.secrets, secretsPath })).apiKey
})
afterAll(() => stack.close())

test(
  'the first session of the README runs as it stands, also for the second time',
  async () => {
    expect(await missingPrograms(), 'the session needs these programs on PATH').toEqual([])
    const [, chapter = ''] = readFileSync(join(repositoryRoot, 'README.md'), 'utf8').split('\n## A first session\n')
    const session = withValues(shellBlocksOf(chapter), { API: stack.gatewayUrl, KEY: apiKey })
    const client = createClient({ baseUrl: stack.gatewayUrl, apiKey })

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

test(
  'the sessions of all guides of the documentation page run as they stand, one after the other',
  async () => {
    const session = withValues(shellBlocksOf(await guidesOnPage()), { API: stack.gatewayUrl, KEY: apiKey })
    const { exitCode, printed, errors } = await inBash(`set -eo pipefail\n${session}`)
    expect({ exitCode, errors }, printed).toEqual({ exitCode: 0, errors: '' })
    expect(printed).toContain('"totalCreditsUsed"')
    expect(printed).toContain('/graph/nodes/0/config/timeoutMs')
    expect(printed).toContain('{"test":true,"answered":1,"busy":1,"billingMetrics":{"totalCreditsUsed":0,')
    expect(printed).toMatch(/^([0-9a-f-]{36})\n\1$/m)
  },
  2 * sessionTimeoutMs,
)

/** All guides that the documentation page shows, as one Markdown text. */
async function guidesOnPage(): Promise<string> {
  const answer = await fetch(`${stack.gatewayUrl}/docs/openapi.json`)
  const document = (await answer.json()) as { tags: { name: string; description?: string }[]; 'x-tagGroups': { tags: string[] }[] }
  const names = document['x-tagGroups'][0]?.tags ?? []
  return document.tags
    .filter(({ name }) => names.includes(name))
    .map(({ description }) => description)
    .join('\n')
}
