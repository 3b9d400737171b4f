import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@carillon/client/client'
import { virtualNow } from '@carillon/dev-stack/clock'
import { prepareDatabase } from '@carillon/dev-stack/databases'
import { installationDir } from '@carillon/dev-stack/repository'
import { loadSecrets } from '@carillon/dev-stack/secrets'
import { type Servers, startServers } from '@carillon/dev-stack/servers/servers'
import { createSupervisor, type Supervisor } from '@carillon/dev-stack/supervisor'
import { eventually } from '@carillon/testing/eventually'
import { fromTestRun } from '@carillon/testing/slot'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { numberOf, tidyFile } from '../src/contact-file.ts'
import { watchToTheEnd } from '../src/execution-watch.ts'
import { debtCollection } from '../src/flow-graphs.ts'
import { createProgram, importContacts, launch, type Organization, openOrganization } from '../src/organization.ts'
import { readOriginates } from '../src/originates.ts'
import { readRawEvents } from '../src/raw-events.ts'
import {
  agreedFacts,
  expectAttemptsInOrder,
  expectDialedOnce,
  expectEventsWithoutGaps,
  expectLedgerToAgree,
  type Facts,
  lostCalls,
} from './support/agreement.ts'
import { writeCarrierProfile } from './support/carrier-profile.ts'

const contactCount = 300
const maxAttempts = 3
/** A busy machine needs several times as long as a quiet one. How long it takes is not what these tests are about. */
const patienceMs = 300_000

let supervisor: Supervisor
let servers: Servers
let stack: TestStack
let organization: Organization
/** Each test has its own contacts. */
let series = 100

beforeAll(async () => {
  const dataDir = join(fromTestRun('TEST_DATA_DIR'), 'stacks', randomUUID())
  mkdirSync(dataDir, { recursive: true })
  supervisor = createSupervisor(dataDir)
  const { superuserPassword, rolePasswords } = loadSecrets(join(installationDir, 'secrets.json'))
  // Servers of our own: those of the other tests must not be killed.
  servers = await startServers({ supervisor, dataDir, ephemeral: true, superuserPassword, useEnvironment: false })
  const databaseUrls = await prepareDatabase(servers.databaseUrl, { database: 'faults', rolePasswords })
  const soon = { LEASE_TTL_MS: '1500' }
  stack = await testStack({
    carrier: { profilePath: writeCarrierProfile(), seed: 11 },
    speed: 60,
    databaseUrls,
    natsUrl: servers.natsUrl,
    redisUrl: servers.redisUrl,
    extraEnvironment: {
      orchestrator: soon,
      billing: soon,
      reporting: soon,
      'program-api': soon,
      'dialer-bridge': { ...soon, BRIDGE_STALE_MS: '2500' },
    },
  })
  organization = await openOrganization(stack, 'Faults')
}, patienceMs)

afterAll(async () => {
  await stack?.close()
  await servers?.stop()
  await supervisor?.close()
})

/** Runs a program to its end, and causes the fault when a fifth of the contacts has been called. */
async function runThrough(fault: (executionId: string) => Promise<void>): Promise<{ facts: Facts; executionId: string }> {
  const own = ++series
  const { client } = organization
  const { audienceId = '' } = await importContacts(organization, `Series ${own}`, tidyFile(own, contactCount))
  const program = await createProgram(organization, audienceId, {
    name: `Program ${own}`,
    graph: debtCollection,
    startAt: new Date(virtualNow(stack.clock, Date.now())).toISOString(),
    didNumbers: [`+2125300${own}01`, `+2125300${own}02`],
    retryStrategy: { type: 'fixed_delay', delayMinutes: 2, maxRetries: maxAttempts - 1 },
    timezone: 'Africa/Casablanca',
    amd: true,
    pacing: { maxConcurrentCalls: 40 },
  })
  const executionId = await launch(organization, program)
  const watching = watchToTheEnd(client, executionId, { timeoutMs: 240_000 })
  const [{ execution }] = await Promise.all([watching, calledAFifth(client, executionId).then(() => fault(executionId))])
  expect(execution).toMatchObject({ status: 'completed', totalContacts: contactCount, contactsSkipped: 0 })

  const facts = await agreedFacts(client, stack.natsUrl, executionId, debtCollection)
  expectEventsWithoutGaps(facts)
  expectAttemptsInOrder(facts, maxAttempts)
  await expectLedgerToAgree(client, executionId, facts)
  const numbers = new Set(Array.from({ length: contactCount }, (_, index) => numberOf(own, index)))
  expectDialedOnce(
    readOriginates(stack.originatesPath).filter(({ to }) => numbers.has(to)),
    facts,
  )
  return { facts, executionId }
}

async function calledAFifth(client: Client, executionId: string): Promise<void> {
  const isCalled = async () => expect((await client.reports.report(executionId)).callMetrics.totalCalls).toBeGreaterThan(contactCount / 5)
  await eventually(isCalled, { timeoutMs: 90_000 })
}

test(
  'the calls of a killed bridge end as lost, are billed up to that point, and are never dialed again',
  async () => {
    const { facts } = await runThrough(async () => {
      await stack.services['dialer-bridge'].kill('SIGKILL')
      await stack.services['dialer-bridge'].restart()
    })
    const lost = lostCalls(facts.events)
    expect(lost.size).toBeGreaterThan(0)
    expect(lost.size).toBeLessThanOrEqual(40)
    expect(new Set(facts.calls.filter((call) => lost.has(call.callId)).map((call) => call.outcome))).toEqual(new Set(['failed']))
  },
  patienceMs,
)

test(
  'an orchestrator that is killed and restarted when no call is left continues the program',
  async () => {
    await runThrough(async (executionId) => {
      await stack.services.orchestrator.kill('SIGKILL')
      await eventually(async () => expect((await toldCalls(executionId)).ongoing).toBe(0), { timeoutMs: 90_000 })
      await stack.services.orchestrator.restart()
    })
  },
  patienceMs,
)

test(
  'reporting that is killed catches up with the events it missed',
  async () => {
    await runThrough(async () => {
      const before = await contactsDone()
      await stack.services.reporting.kill('SIGKILL')
      await eventually(async () => expect(await contactsDone()).toBeGreaterThan(before + 20), { timeoutMs: 90_000 })
      await stack.services.reporting.restart()
    })
  },
  patienceMs,
)

test(
  'billing that is killed still charges each call exactly once',
  async () => {
    await runThrough(async (executionId) => {
      await stack.services.billing.kill('SIGKILL')
      const before = await toldCalls(executionId)
      const isMoreStarted = async () => expect((await toldCalls(executionId)).started).toBeGreaterThan(before.started + 40)
      await eventually(isMoreStarted, { timeoutMs: 90_000 })
      await stack.services.billing.restart()
    })
  },
  patienceMs,
)

test(
  'a NATS server that is killed and comes back loses nothing',
  async () => {
    await runThrough(async () => {
      await servers.kill('nats')
      await servers.restart('nats')
    })
  },
  patienceMs,
)

test(
  'a Postgres that is killed and recovers loses nothing',
  async () => {
    await runThrough(async () => {
      await servers.kill('postgres')
      await servers.restart('postgres')
    })
  },
  patienceMs,
)

test(
  'a Redis that is killed and comes back empty changes nothing',
  async () => {
    await runThrough(async () => {
      await servers.kill('redis')
      await servers.restart('redis')
    })
  },
  patienceMs,
)

test(
  'every service killed at the same moment, and started again, finishes the program',
  async () => {
    await runThrough(async () => {
      const all = Object.values(stack.services)
      await Promise.all(all.map((service) => service.kill('SIGKILL')))
      await Promise.all(all.map((service) => service.restart()))
    })
  },
  patienceMs,
)

/** Calls that the stream tells of. A report stands still while the orchestrator or billing is down (contract rule 33). */
async function toldCalls(executionId: string): Promise<{ started: number; ongoing: number }> {
  const { calls } = await readRawEvents(stack.natsUrl, executionId)
  const count = (type: string) => calls.filter((event) => event.type === type).length
  return { started: count('call.started'), ongoing: count('call.started') - count('call.ended') }
}

/** Contacts of the running execution that are completed or failed. */
async function contactsDone(): Promise<number> {
  const [running] = await organization.client.executions.active()
  return running ? running.contactsCompleted + running.contactsFailed : contactCount
}
