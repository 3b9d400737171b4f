import type { Client } from '@carillon/client/client'
import type { CreateCallRequest } from '@carillon/client/contract'
import { eventually } from '@carillon/testing/eventually'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrganization } from '../src/organization.ts'
import { readOriginates } from '../src/originates.ts'
import { writeCarrierProfile } from './support/carrier-profile.ts'

const retried = '6001'
const refused = '+212611225500'

let stack: TestStack
let client: Client
let request: Omit<CreateCallRequest, 'to'>
beforeAll(async () => {
  const profilePath = writeCarrierProfile({ [retried]: ['busy', 'answer'], [refused]: ['busy'] })
  const soon = { LEASE_TTL_MS: '1500' }
  stack = await testStack({ carrier: { profilePath, seed: 7 }, speed: 60, extraEnvironment: { orchestrator: soon } })
  client = (await openOrganization(stack, 'Call requests')).client
  const flow = await client.flows.create({
    name: 'credit-playback-test',
    graph: {
      nodes: [
        { id: 'dial-1', type: 'dial', label: 'Dial Contact', config: { timeoutMs: 30_000 } },
        { id: 'play-credit', type: 'play', label: 'Play Credit Balance', config: { media: 'credit' } },
        { id: 'hangup-1', type: 'hangup', label: 'End Call', config: {} },
      ],
      edges: [
        { source: 'dial-1', output: 'onAnswer', target: 'play-credit' },
        { source: 'dial-1', output: 'onBusy', target: 'hangup-1' },
        { source: 'play-credit', output: 'onComplete', target: 'hangup-1' },
      ],
    },
  })
  const did = await client.dids.create({ number: '+212520000001' })
  request = { flowId: flow.id, didId: did.id, retryStrategy: { type: 'fixed_delay', delayMinutes: 1, maxRetries: 2 } }
})
afterAll(() => stack?.close())

const until = (jobId: string, status: string) =>
  eventually(
    async () => {
      const report = await client.reports.job(jobId)
      expect(report.status).toBe(status)
      return report
    },
    { timeoutMs: 60_000 },
  )

test('a job is called, busy, called again and answered, and its report tells both calls with their cost', async () => {
  await client.customAttributes.create({ displayName: 'Credit', slug: 'credit', type: 'number' })
  const contact = await client.contacts.create(
    { phone: retried, firstName: 'dev-anouar-1', attributes: { credit: 90_856 } },
    { query: { extensions: true } },
  )
  const job = await client.callRequests.create({ ...request, contactId: contact.id, variables: { campaign: 'by hand' } })
  // It can be read at once, before any event of it has arrived.
  expect(await client.reports.job(job.jobId)).toMatchObject({ jobId: job.jobId })

  const report = await until(job.jobId, 'completed')
  const [first, second] = report.attempts
  expect(report).toMatchObject({ finalOutcome: 'completed', attempts: [{ attempt: 1 }, { attempt: 2 }] })
  expect(first).toMatchObject({
    contactId: contact.id,
    call: { status: 'busy', direction: 'outbound', from: '+212520000001', to: retried },
    outcome: 'busy',
    flowExecution: {
      flowName: 'credit-playback-test',
      executionPath: [
        { nodeId: 'dial-1', nodeType: 'dial', nodeLabel: 'Dial Contact', outputPath: 'onBusy' },
        { nodeId: 'hangup-1', nodeType: 'hangup', nodeLabel: 'End Call', outputPath: 'terminated' },
      ],
      nodeExecutionCount: 2,
      finalVariables: {
        'contact.id': contact.id,
        'contact.phone': retried,
        'contact.fullName': 'dev-anouar-1',
        'contact.customAttributes.credit': 90_856,
        'sys.callId': first?.callId,
        'sys.attempt': 1,
        'sys.maxAttempts': 3,
        campaign: 'by hand',
      },
    },
    events: [
      { type: 'dial', data: { to: retried, from: '+212520000001', timeout: 30_000, enableAMD: false, nodeContext: { nodeId: 'dial-1' } } },
      { type: 'hangup', data: { hangupType: 'busy', nodeContext: { nodeId: 'hangup-1' } } },
    ],
  })
  expect(first).not.toHaveProperty('programId')
  expect(first).not.toHaveProperty('billing')
  expect(second).toMatchObject({
    outcome: 'completed',
    flowExecution: {
      executionPath: [{ outputPath: 'onAnswer' }, { nodeId: 'play-credit', outputPath: 'onComplete' }, { nodeId: 'hangup-1' }],
    },
  })
  const billed = await eventually(async () => {
    const { billing } = await client.reports.call(second?.callId ?? '')
    expect(billing).toBeDefined()
    return billing
  })
  expect((await client.reports.job(job.jobId)).attempts[1]?.billing).toEqual(billed)
  const waited = Date.parse(second?.call.createdAt ?? '') - Date.parse(first?.call.terminatedAt ?? '')
  expect(waited).toBeGreaterThanOrEqual(60_000)
})

test('what stops and starts again in the middle loses no job and calls nobody twice for one attempt', async () => {
  const jobs = []
  for (let index = 0; index < 40; index++) {
    jobs.push(await client.callRequests.create({ ...request, to: `+2126112244${10 + index}` }))
    if (index === 20) {
      await stack.services.orchestrator.kill()
      await stack.services.orchestrator.restart()
    }
  }
  await stack.services['dialer-bridge'].kill()
  await stack.services['dialer-bridge'].restart()
  for (const { jobId } of jobs) {
    await eventually(
      async () => {
        const { status, attempts } = await client.callRequests.get(jobId)
        expect(['completed', 'failed']).toContain(status)
        expect((await client.reports.job(jobId)).attempts).toHaveLength(attempts)
      },
      { timeoutMs: 120_000 },
    )
  }
  const numbers = new Set(jobs.map(({ to }) => to))
  const dialed = readOriginates(stack.originatesPath).filter(({ to }) => numbers.has(to))
  expect(new Set(dialed.map(({ to, attempt }) => `${to} ${attempt}`)).size).toBe(dialed.length)
  expect(new Set(dialed.map(({ to }) => to)).size).toBe(numbers.size)
})

test('a job that waits for a retry is cancelled, and its number is not called again', async () => {
  const { jobId } = await client.callRequests.create({ ...request, to: refused })
  await eventually(async () => expect(await client.callRequests.get(jobId)).toMatchObject({ attempts: 1, outcome: 'busy' }))
  await client.callRequests.cancel(jobId)
  expect(await until(jobId, 'failed')).toMatchObject({ failureReason: 'cancelled', finalOutcome: 'busy' })
  await expect(client.callRequests.cancel(jobId)).rejects.toMatchObject({ error: 'JobEndedError' })
})
