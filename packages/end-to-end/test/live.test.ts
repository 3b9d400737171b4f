import { join } from 'node:path'
import type { Client } from '@carillon/client/client'
import type { Flow } from '@carillon/contracts/flow'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { eventually } from '@carillon/testing/eventually'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrganization } from '../src/organization.ts'
import { readOriginates } from '../src/originates.ts'

let stack: TestStack
let client: Client
beforeAll(async () => {
  const soon = { LEASE_TTL_MS: '1500' }
  stack = await testStack({
    carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/default.json'), seed: 7 },
    extraEnvironment: { 'program-api': soon, orchestrator: soon },
  })
  client = (await openOrganization(stack, 'Live')).client
})
afterAll(() => stack.close())

const graph: Flow['graph'] = {
  nodes: [
    { id: 'dial', type: 'dial', config: { timeoutMs: 5_000 } },
    { id: 'bye', type: 'hangup', config: {} },
  ],
  edges: [{ source: 'dial', output: 'onAnswer', target: 'bye' }],
}

const dayMs = 86_400_000
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000 + 2 * dayMs).toISOString()

test('contacts of a live program are called two days before their date: those who were there, those who came later, and nobody whose date was cleared', async () => {
  await client.customAttributes.create({ displayName: 'Due date', slug: 'due', type: 'date' })
  const contact = async (number: number, due: string) =>
    (await client.contacts.create({ phone: `+2126112233${number}`, firstName: 'Amina', attributes: { due } })).id
  const there = await contact(10, inSeconds(8))
  const cleared = await contact(11, inSeconds(9))
  const past = await contact(12, inSeconds(-60))
  const flow = await client.flows.create({
    name: 'Reminder',
    graph,
  })
  const did = await client.dids.create({ number: '+212520000001' })
  const program = await client.programs.create({
    name: 'Payment reminder',
    mode: 'live',
    triggerCondition: { type: 'date', attributeName: 'due', direction: 'before', offset: { days: 2, hours: 0, minutes: 0 } },
    flowId: flow.id,
    startAt: '2020-01-01T00:00:00Z',
    didPool: [did.id],
    retryStrategy: { type: 'none' },
    timezone: 'UTC',
  })
  const { executionId } = await client.programs.launch(program.id)
  expect(await client.executions.get(executionId)).toMatchObject({ status: 'running', totalContacts: 0 })
  const pending = await eventually(async () => {
    const triggers = await client.programs.triggers(program.id)
    expect(triggers.map(({ contactId }) => contactId).sort()).toEqual([there, cleared].sort())
    return triggers
  })
  expect(pending.every(({ status, triggeredAt }) => status === 'pending' && triggeredAt === null)).toBe(true)
  await client.contacts.update(cleared, { attributes: { due: null } })
  const later = await contact(13, inSeconds(2))
  const imported = await client.contacts.import(`phone;Due date\n+212611223399;${inSeconds(3)}\n`)
  expect(imported).toMatchObject({ created: 1, rejected: 0 })

  await eventually(
    async () => {
      const triggers = await client.programs.triggers(program.id)
      expect(triggers.filter(({ status }) => status === 'triggered')).toHaveLength(3)
    },
    { timeoutMs: 30_000 },
  )
  const triggers = new Map((await client.programs.triggers(program.id)).map((trigger) => [trigger.contactId, trigger]))
  expect(triggers.get(cleared)).toMatchObject({ status: 'cancelled', triggeredAt: null })
  expect(triggers.has(past)).toBe(false)
  for (const { status, triggerAt, triggeredAt } of triggers.values()) {
    if (status !== 'triggered' || triggeredAt === null) continue
    expect(Date.parse(triggeredAt)).toBeGreaterThanOrEqual(Date.parse(triggerAt))
    // Two seconds on a quiet machine.
    expect(Date.parse(triggeredAt) - Date.parse(triggerAt)).toBeLessThan(10_000)
  }
  const isDone = async () => {
    const { data: calls } = await client.reports.calls(executionId)
    expect(calls.filter(({ outcome }) => outcome !== null).map(({ contactId }) => contactId)).toHaveLength(3)
    expect(calls.map(({ contactId }) => contactId)).toEqual(expect.arrayContaining([there, later]))
  }
  await eventually(isDone, { timeoutMs: 60_000 })
  const { audienceId } = program
  await eventually(async () => expect(await client.audiences.get(audienceId)).toMatchObject({ size: 3 }))
  // Nobody else is due, and the execution goes on.
  const execution = await client.executions.get(executionId)
  expect(execution).toMatchObject({ status: 'running', totalContacts: 3 })
  expect(execution.contactsCompleted + execution.contactsFailed).toBe(3)
  await eventually(async () => {
    const report = await client.reports.report(executionId)
    expect(report.contactMetrics).toMatchObject({ totalContacts: 3 })
    expect(report.callMetrics).toMatchObject({ totalCalls: 3 })
  })
  await client.executions.cancel(executionId)
  expect(await client.executions.get(executionId)).toMatchObject({ status: 'cancelled', totalContacts: 3, contactsSkipped: 0 })
})

test('no trigger is lost and none fires twice when program-api and the orchestrator are killed while triggers are made and fire', async () => {
  const { client } = await openOrganization(stack, 'Killed')
  await client.customAttributes.create({ displayName: 'Due date', slug: 'due', type: 'date' })
  const count = 300
  const number = (index: number) => `+21261234${String(index).padStart(4, '0')}`
  // The first are due while the services are killed, the last when they are back.
  const dueAt = (index: number) => new Date(Date.now() + 5_000 + index * 80).toISOString()
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${number(from + index)};${dueAt(from + index)}`).join('\n')
  await client.contacts.import(`phone;Due date\n${rows(0, count / 2)}\n`)
  const flow = await client.flows.create({ name: 'Reminder', graph })
  const did = await client.dids.create({ number: '+212520000002' })
  const program = await client.programs.create({
    name: 'Reminder',
    mode: 'live',
    triggerCondition: { type: 'date', attributeName: 'due', direction: 'before', offset: { days: 0, hours: 0, minutes: 0 } },
    flowId: flow.id,
    startAt: '2020-01-01T00:00:00Z',
    didPool: [did.id],
    retryStrategy: { type: 'none' },
    pacing: { maxConcurrentCalls: 500 },
  })
  const { executionId } = await client.programs.launch(program.id)
  await client.contacts.import(`phone;Due date\n${rows(count / 2, count)}\n`)
  for (const service of ['program-api', 'orchestrator', 'program-api', 'orchestrator'] as const) {
    await stack.services[service].kill('SIGKILL')
    await stack.services[service].restart()
  }
  await eventually(
    async () => {
      const fired = await client.programs.triggers(program.id, { limit: 1_000 })
      expect(fired.filter(({ status }) => status === 'triggered')).toHaveLength(count)
    },
    { timeoutMs: 90_000 },
  )
  await eventually(
    async () => {
      const execution = await client.executions.get(executionId)
      expect(execution).toMatchObject({ status: 'running', totalContacts: count, contactsPending: 0, contactsInProgress: 0 })
    },
    { timeoutMs: 90_000 },
  )
  const numbers = new Set(Array.from({ length: count }, (_, index) => number(index)))
  const dialed = readOriginates(stack.originatesPath).filter(({ to }) => numbers.has(to))
  expect(dialed.map(({ to }) => to).sort()).toEqual([...numbers].sort())
  await eventually(async () => expect(await client.audiences.get(program.audienceId)).toMatchObject({ size: count }))
  await client.executions.cancel(executionId)
}, 300_000)
