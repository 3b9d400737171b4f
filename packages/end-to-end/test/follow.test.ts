import { join } from 'node:path'
import type { ProgramReport } from '@carillon/client/contract'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tidyFile } from '../src/contact-file.ts'
import { debtCollection } from '../src/flow-graphs.ts'
import { createProgram, importContacts, launch, openOrganization } from '../src/organization.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await testStack({
    carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/default.json'), seed: 7 },
    speed: 30,
  })
})
afterAll(() => stack?.close())

test('a report is followed to its end through the gateway, over a restart of reporting and one of the gateway', async () => {
  const organization = await openOrganization(stack, 'Follow')
  const { client } = organization
  const { audienceId = '' } = await importContacts(organization, 'All', tidyFile(1, 60))
  const program = await createProgram(organization, audienceId, {
    name: 'Followed',
    graph: debtCollection,
    startAt: '2020-01-01T00:00:00Z',
    didNumbers: ['+212530000101'],
    retryStrategy: { type: 'none' },
    timezone: 'Africa/Casablanca',
    pacing: { maxConcurrentCalls: 10 },
  })
  const executionId = await launch(organization, program)

  const reports: ProgramReport[] = []
  for await (const report of client.reports.follow(executionId)) {
    reports.push(report)
    if (reports.length === 3) await stack.services.reporting.restart()
    if (reports.length === 6) await stack.services.gateway.restart()
  }
  expect(reports.length).toBeGreaterThan(6)
  const totals = reports.map(({ callMetrics }) => callMetrics.totalCalls)
  expect(totals).toEqual(totals.toSorted((a, b) => a - b))
  const last = reports.at(-1)
  expect(last).toMatchObject({ status: 'completed', callMetrics: { totalCalls: 60 }, contactMetrics: { totalContacts: 60 } })
  expect(last).toEqual(await client.reports.report(executionId))
}, 180_000)
