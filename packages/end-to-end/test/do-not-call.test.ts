import { join } from 'node:path'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { eventually } from '@carillon/testing/eventually'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrganization } from '../src/organization.ts'
import { readOriginates } from '../src/originates.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await testStack({ carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/instant.json'), seed: 7 } })
})
afterAll(() => stack?.close())

test('a number that was put on the do-not-call list just before the launch is not called, and its contact is skipped with the reason', async () => {
  const { client } = await openOrganization(stack, 'Do not call')
  const phones = Array.from({ length: 30 }, (_, index) => `+2126112244${10 + index}`)
  const { audienceId } = await client.contacts.import(`phone\n${phones.join('\n')}\n`, { audienceName: 'All' })
  const flow = await client.flows.create({
    name: 'Short',
    graph: {
      nodes: [
        { id: 'dial', type: 'dial', config: { timeoutMs: 5_000 } },
        { id: 'bye', type: 'hangup', config: {} },
      ],
      edges: [{ source: 'dial', output: 'onAnswer', target: 'bye' }],
    },
  })
  const did = await client.dids.create({ number: '+212520000001' })
  const program = await client.programs.create({
    name: 'All of them',
    audienceId: audienceId ?? '',
    flowId: flow.id,
    startAt: '2020-01-01T00:00:00Z',
    didPool: [did.id],
    retryStrategy: { type: 'none' },
    timezone: 'UTC',
  })
  const listed = phones.slice(0, 3)
  await client.dnc.import(`phone\n${listed.slice(1).join('\n')}\n`)
  await client.dnc.add({ phone: listed[0] ?? '', reason: 'Asked by telephone' })

  const { executionId } = await client.programs.launch(program.id)
  const execution = await eventually(
    async () => {
      const found = await client.executions.get(executionId)
      expect(found.status).toBe('completed')
      return found
    },
    { timeoutMs: 60_000 },
  )
  expect(execution).toMatchObject({ contactsCompleted: phones.length - listed.length, contactsSkipped: listed.length })
  const skipped = await client.executions.contacts(executionId, { status: 'skipped' })
  expect(skipped.data.map(({ phone, skipReason, attempts }) => [phone, skipReason, attempts]).toSorted()).toEqual(
    listed.map((phone) => [phone, 'do_not_call', 0]),
  )
  await eventually(async () => {
    const report = await client.reports.report(executionId)
    expect(report.contactMetrics).toMatchObject({ skipped: listed.length, completed: phones.length - listed.length })
    expect(report.callMetrics.totalCalls).toBe(phones.length - listed.length)
  })
  const dialed = readOriginates(stack.originatesPath).map(({ to }) => to)
  for (const phone of phones) expect([phone, dialed.includes(phone)]).toEqual([phone, !listed.includes(phone)])
})
