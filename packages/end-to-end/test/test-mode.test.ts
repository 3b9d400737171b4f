import { type Client, createClient } from '@carillon/client/client'
import type { CallHistoryItem, CreateProgramRequest } from '@carillon/client/contract'
import { testNumbers } from '@carillon/contracts/test-numbers'
import { eventually } from '@carillon/testing/eventually'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchToTheEnd } from '../src/execution-watch.ts'
import { readOriginates } from '../src/originates.ts'
import { everyItem } from '../src/reports.ts'
import { writeCarrierProfile } from './support/carrier-profile.ts'

const otherNumber = '+212612345678'
const clockSpeed = 60

let stack: TestStack
let live: Client
let inTestMode: Client
let programId: string
let executionId: string
let calls: CallHistoryItem[]

/** Asks for two digits one after the other, so that every script of a test number shows. */
const graph: Parameters<Client['flows']['create']>[0]['graph'] = {
  nodes: [
    { id: 'dial', type: 'dial', config: { timeoutMs: 20_000 } },
    { id: 'welcome', type: 'play', config: { media: 'welcome' } },
    ...['first', 'second'].map((id) => ({
      id,
      type: 'dtmf' as const,
      config: { prompt: { media: id }, minDigits: 1, maxDigits: 1, timeoutMs: 3_000, interDigitTimeoutMs: 2_000, maxAttempts: 1 },
    })),
    { id: 'bye', type: 'hangup', config: {} },
    { id: 'voicemail', type: 'hangup', config: {} },
  ],
  edges: [
    { source: 'dial', output: 'onAnswer', target: 'welcome' },
    { source: 'dial', output: 'onVoicemail', target: 'voicemail' },
    { source: 'welcome', output: 'onComplete', target: 'first' },
    { source: 'first', output: 'onComplete', target: 'second' },
    { source: 'first', output: 'onTimeout', target: 'second' },
    { source: 'second', output: 'onComplete', target: 'bye' },
    { source: 'second', output: 'onTimeout', target: 'bye' },
  ],
}

async function keyOf(client: Client, mode: 'live' | 'test'): Promise<string> {
  const { key } = await client.apiKeys.create({ name: mode, role: 'admin', mode })
  if (key === null) throw new Error('an API key was made and not shown')
  return key
}

/** An organization without any credits, with a program that calls every test number and one other number, each three times at most. */
beforeAll(async () => {
  stack = await testStack({ carrier: { profilePath: writeCarrierProfile(), seed: 7 }, speed: clockSpeed })
  const platform = { baseUrl: stack.gatewayUrl, apiKey: stack.secrets.platformApiKey }
  const { id: organizationId } = await createClient(platform).organizations.create({ name: 'Test mode', country: 'MA' })
  const onBehalf = createClient({ ...platform, organizationId })
  live = createClient({ baseUrl: stack.gatewayUrl, apiKey: await keyOf(onBehalf, 'live') })
  inTestMode = createClient({ baseUrl: stack.gatewayUrl, apiKey: await keyOf(onBehalf, 'test') })

  const file = `phone\n${[...testNumbers.map(({ number }) => number), otherNumber].join('\n')}\n`
  const imported = await inTestMode.contacts.import(file, { audienceName: 'Test numbers' })
  expect(imported).toMatchObject({ created: testNumbers.length + 1, rejected: 0 })
  const flow = await inTestMode.flows.create({ name: 'Two questions', graph })
  const did = await inTestMode.dids.create({ number: '+212520000001' })
  const program: CreateProgramRequest = {
    name: 'All test numbers',
    audienceId: imported.audienceId ?? '',
    flowId: flow.id,
    startAt: '2020-01-01T00:00:00Z',
    didPool: [did.id],
    retryStrategy: { type: 'fixed_delay', delayMinutes: 1, maxRetries: 2 },
    amd: true,
  }
  programId = (await inTestMode.programs.create(program)).id
  executionId = (await inTestMode.programs.launch(programId)).executionId
  await watchToTheEnd(inTestMode, executionId, { timeoutMs: 120_000 })
  // A report follows the execution (contract rule 33).
  await eventually(async () => {
    const { contactMetrics } = await inTestMode.reports.report(executionId)
    expect(contactMetrics).toMatchObject({ pending: 0, queued: 0, calling: 0, pendingRetry: 0 })
  })
  calls = await everyItem(inTestMode.reports.calls.items(executionId))
}, 400_000)

afterAll(() => stack?.close())

const callsTo = (number: string) => calls.filter((call) => call.to === number)

/** The outcomes that the table promises, with the last one repeated while there are retries. */
function promised({ attempts, outcomes }: (typeof testNumbers)[number]): (string | undefined)[] {
  if (attempts.includes('failed:404')) return [...outcomes]
  return [0, 1, 2].flatMap((index) => {
    const before = outcomes.slice(0, index)
    return before.includes('completed') ? [] : [outcomes[Math.min(index, outcomes.length - 1)]]
  })
}

test.each(testNumbers.map((row) => [row.number, row.meaning, row] as const))('%s: %s', (number, _meaning, row) => {
  expect(callsTo(number).map(({ outcome }) => outcome)).toEqual(promised(row))
})

test('any other number answers and presses nothing', async () => {
  expect(callsTo(otherNumber).map(({ outcome }) => outcome)).toEqual(['completed'])
})

test('keys that the table promises were pressed at the two questions', async () => {
  const { nodes } = await inTestMode.reports.nodeStats(executionId)
  const pressed = (id: string) => nodes.find(({ nodeId }) => nodeId === id)?.dtmfBreakdown ?? {}
  expect(pressed('first')).toEqual(keysAt(0))
  expect(pressed('second')).toEqual(keysAt(1))
})

/** How often each key is pressed at the first or the second question of one digit, from the scripts of the table. */
function keysAt(question: 0 | 1): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const script of testNumbers.flatMap(({ attempts }) => attempts)) {
    const [, keys = ''] = /^answer:([^;]*)/.exec(script) ?? []
    const key = keys.split(',')[question]?.charAt(0)
    if (key) counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

test('everything is free, in the report, in the history and in the account', async () => {
  expect(calls.filter(({ totalCost }) => totalCost !== undefined)).toEqual([])
  const { summary, byNodeType, topCostlyCalls } = await live.reports.billing(executionId)
  expect({ ...summary, topCostlyCalls }).toMatchObject({ totalCreditsUsed: 0, averageCostPerCall: 0, topCostlyCalls: [] })
  expect(byNodeType).toEqual([expect.objectContaining({ nodeType: 'dial', totalCost: 0 })])
  expect(await live.billing.account()).toMatchObject({ balance: 0 })
  expect(await everyItem(live.billing.ledger.items())).toEqual([])
})

test('the platform’s carrier got no call', () => {
  expect(readOriginates(stack.originatesPath)).toEqual([])
})

test('the execution is marked, apart in lists, and readable in both modes', async () => {
  for (const client of [live, inTestMode]) {
    expect(await client.executions.get(executionId)).toMatchObject({ test: true, status: 'completed' })
    expect(await client.reports.report(executionId)).toMatchObject({ test: true })
  }
  const listed = async (client: Client) => (await client.programs.executions(programId)).map(({ id }) => id)
  expect([await listed(inTestMode), await listed(live)]).toEqual([[executionId], []])
})

test('the program is still a draft', async () => {
  expect(await live.programs.get(programId)).toMatchObject({ status: 'draft' })
})

test('a test key touches neither credits nor rate cards, even one of the platform', async () => {
  const platform = createClient({ baseUrl: stack.gatewayUrl, apiKey: stack.secrets.platformApiKey, mode: 'test' })
  const refused = { statusCode: 403, error: 'TestModeForbiddenError' }
  await expect(platform.billing.addCredits({ amount: 1, reason: 'no' })).rejects.toMatchObject(refused)
  await expect(platform.billing.setRateCard({ rates: {} })).rejects.toMatchObject(refused)
})
