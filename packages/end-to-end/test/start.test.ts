import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@carillon/client/client'
import type { CallHistoryItem } from '@carillon/contracts/report'
import { virtualNow } from '@carillon/dev-stack/clock'
import { Interrupted } from '@carillon/dev-stack/interruption'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { loadSecrets, type Secrets } from '@carillon/dev-stack/secrets'
import { parseStartArguments } from '@carillon/dev-stack/start/arguments'
import { launchCampaign, prepareCampaign } from '@carillon/dev-stack/start/campaign'
import type { Reports } from '@carillon/dev-stack/start/final-report'
import { openOrganization } from '@carillon/dev-stack/start/organization'
import { type Plan, planRun } from '@carillon/dev-stack/start/plan'
import { type RunContext, runPlan } from '@carillon/dev-stack/start/run'
import type { Terminal } from '@carillon/dev-stack/start/terminal'
import { runRecord } from '@carillon/dev-stack/start/unfinished-run'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('run')
const resultPath = join(dir, 'result.json')
const contactsPath = file('contacts.csv', '\uFEFFphone;first name;credit\n0612345678;Amina;2500\n06 12 34 56 79;Karim;100\n12;Omar;\n')
const programPath = file('program.json', JSON.stringify({ retryStrategy: { type: 'fixed_delay', delayMinutes: 1, maxRetries: 1 } }))
const laterPath = file('later.json', JSON.stringify({ retryStrategy: { type: 'none' }, startAt: '2100-01-01T00:00:00Z' }))

const stoppingBeforeStart = JSON.stringify({
  retryStrategy: { type: 'none' },
  startAt: '2027-01-02T00:00:00Z',
  stopAt: '2027-01-01T00:00:00Z',
})
const secretsPath = join(dir, 'secrets.json')

let stack: TestStack
beforeAll(async () => {
  stack = await testStack({
    carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/default.json'), seed: 7 },
    speed: 200,
  })
})
afterAll(() => stack.close())

test('a run shows the execution until it has ended, then its report, and writes every call', async () => {
  const { out, printed } = recorder()
  await runPlan(planFor(['--contacts', contactsPath, '--program', programPath, '--out', resultPath]), contextOf({ out }))

  const result = JSON.parse(readFileSync(resultPath, 'utf8')) as Reports & { calls: CallHistoryItem[] }
  expect(result.import).toMatchObject({ rows: 3, created: 2, rejected: 1, rejections: [{ line: 4, reason: 'too_short' }] })
  expect(result.report).toMatchObject({ status: 'completed', contactMetrics: { totalContacts: 2 } })
  expect(result.calls).toHaveLength(result.report.callMetrics.totalCalls)
  expect(result.breakdown.total.callsAttempted).toBe(result.calls.length)
  expect(result.nodeStats.totalCalls).toBe(result.calls.length)
  const spent = result.calls.reduce((sum, { totalCost = 0 }) => sum + totalCost, 0)
  expect(spent).toBeCloseTo(result.billing.summary.totalCreditsUsed, 6)
  expect(printed()).toMatch(/100 % \| completed \d, failed \d, calling 0, to retry 0, pending 0 \|.*\| completed\n/)
  expect(printed()).toContain('ATTEMPTS')
  expect(printed()).toMatch(new RegExp(`^API=${stack.gatewayUrl}\nKEY=ck_\\S+\nTEST_KEY=ck_test_\\S+$`, 'm'))
  expect(printed()).toContain('passes 200 times as fast')
})

test('the final report of one contact is complete in every run', { timeout: 180_000 }, async () => {
  const oneContact = file('one-contact.csv', 'phone\n0612345678\n')
  for (let run = 0; run < 3; run++) {
    await runPlan(planFor(['--contacts', oneContact, '--program', programPath, '--out', resultPath]), contextOf({}))
    const { report, calls, billing } = JSON.parse(readFileSync(resultPath, 'utf8')) as Reports & { calls: CallHistoryItem[] }
    const { completed, failed } = report.contactMetrics
    expect(report).toMatchObject({ status: 'completed', contactMetrics: { totalContacts: 1, pending: 0, calling: 0 } })
    expect(completed + failed).toBe(1)
    expect(report.callMetrics.answered).toBe(completed)
    expect(calls).toHaveLength(report.callMetrics.totalCalls)
    expect(calls.length).toBeGreaterThanOrEqual(1)
    expect(calls.every(({ outcome }) => outcome !== null)).toBe(true)
    expect(billing.byNodeType.find(({ nodeType }) => nodeType === 'dial')?.executionCount).toBe(calls.length)
    const spent = calls.reduce((sum, { totalCost = 0 }) => sum + totalCost, 0)
    expect(spent).toBeCloseTo(billing.summary.totalCreditsUsed, 6)
    expect(spent > 0).toBe(report.callMetrics.connected > 0)
  }
})

test.for([
  ['contacts whose header only looks like a phone column', '--contacts', 'name,mobile brand\nAmina,X\n', /no column is a phone number/],
  ['contacts of whom none has a number', '--contacts', 'phone\n12\n', /no row gives a contact; line 2: the number has too few digits/],
  ['a program that ends before it starts', '--program', stoppingBeforeStart, /stopAt must lie after startAt/],
] as const)('%s are refused with exit code 2, and nobody is dialed', async ([name, flag, content, message]) => {
  const dialedBefore = originates()
  const plan = planFor(['--contacts', contactsPath, flag, file(`${name}.txt`, content)])
  await expect(runPlan(plan, contextOf({}))).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) })
  expect(originates()).toBe(dialedBefore)
})

test('a run that is interrupted cancels its program', async () => {
  const interruption = new AbortController()
  const { out, printed } = recorder((text) => {
    if (text.includes('starts at')) interruption.abort(new Interrupted('SIGINT', 130))
  })
  const running = runPlan(planFor(['--contacts', contactsPath, '--program', laterPath]), contextOf({ out, ending: interruption.signal }))
  await expect(running).rejects.toThrow(Interrupted)

  const apiKey = /^KEY=(\S+)$/m.exec(printed())?.[1] ?? ''
  expect(await createClient({ baseUrl: stack.gatewayUrl, apiKey }).executions.active()).toEqual([])
  expect(runRecord(dir).read()).toBeNull()
})

test('the next run cancels the program that a killed run left', async () => {
  const plan = planFor(['--contacts', contactsPath, '--program', laterPath])
  const { organizationId, apiKey } = await openOrganization(stack.gatewayUrl, plan, { secrets: secrets(), secretsPath })
  const client = createClient({ baseUrl: stack.gatewayUrl, apiKey })
  const campaign = await prepareCampaign(client, plan, virtualNow(stack.clock, Date.now()))
  await launchCampaign(client, plan, campaign)
  runRecord(dir).keep({ organizationId, programId: campaign.program.id })

  await runPlan(planFor(['--contacts', contactsPath, '--program', programPath]), contextOf({}))
  expect(await client.programs.executions(campaign.program.id)).toMatchObject([{ status: 'cancelled' }])
})

test('the sample reuses its organization, key, contacts, flow and DIDs', async () => {
  const plan = planFor(['--contacts', contactsPath, '--program', programPath])
  const sample: Plan = { ...plan, organization: { ...plan.organization, name: 'Sample', isSample: true } }
  const first = await runPlan(sample, contextOf({}))
  const second = await runPlan(sample, contextOf({}))

  expect(second.access).toEqual(first.access)
  const client = createClient({ baseUrl: stack.gatewayUrl, apiKey: first.access.apiKey })
  const { data: flows } = await client.flows.list()
  expect(flows).toMatchObject([{ name: 'Payment reminder', version: 1 }])
  expect(await client.dids.available()).toHaveLength(3)
  expect(await client.programs.list()).toHaveLength(2)
})

function planFor(args: string[]): Plan {
  return planRun(parseStartArguments(args), Date.now())
}

function contextOf({ out = recorder().out, ending = new AbortController().signal }: Partial<RunContext>): RunContext {
  return { installation: { dataDir: dir, secrets: secrets(), clock: stack.clock }, gatewayUrl: stack.gatewayUrl, out, ending }
}

/** The stack's own, and what an earlier run kept in this test's folder. */
function secrets(): Secrets {
  const { sample } = loadSecrets(secretsPath)
  return { ...stack.secrets, ...(sample ? { sample } : {}) }
}

/** Takes what a run prints; it is no terminal. */
function recorder(onWrite: (text: string) => void = () => {}): { out: Terminal; printed: () => string } {
  let printed = ''
  const write = (text: string) => {
    printed += text
    onWrite(text)
  }
  return { out: { write }, printed: () => printed }
}

/** The simulated carrier's own log of the calls that it was asked for. */
function originates(): string {
  return existsSync(stack.originatesPath) ? readFileSync(stack.originatesPath, 'utf8') : ''
}

function file(name: string, text: string): string {
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}
