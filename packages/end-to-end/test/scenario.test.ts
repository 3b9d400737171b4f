import { ApiError } from '@carillon/client/api-error'
import type { Client } from '@carillon/client/client'
import type { ProgramResponse } from '@carillon/contracts/program'
import { virtualNow } from '@carillon/dev-stack/clock'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportedSheet, latin1List, numberOf } from '../src/contact-file.ts'
import { type Watched, watchToTheEnd } from '../src/execution-watch.ts'
import { debtCollection } from '../src/flow-graphs.ts'
import { createProgram, importContacts, launch, type Organization, openOrganization } from '../src/organization.ts'
import { readOriginates } from '../src/originates.ts'
import { byCall, type Call } from '../src/recompute.ts'
import {
  agreedFacts,
  callsByContact,
  expectAttemptsInOrder,
  expectDialedOnce,
  expectEventsWithoutGaps,
  expectLedgerToAgree,
  expectPagesToJoin,
  type Facts,
} from './support/agreement.ts'
import { writeCarrierProfile } from './support/carrier-profile.ts'
import { isWithin, windowFrom } from './support/pause-window.ts'

const clockSpeed = 100
const minuteMs = 60_000
const retryDelayMinutes = 10
const maxAttempts = 3
const timezone = 'Africa/Casablanca'
const didNumbers = ['+212520000001', '+212520000002', '+212520000003']

/** Contacts of the series 1; the scripts are by attempt. */
const sheetContacts = 460
const latin1Contacts = 40
const scripts = {
  persistent: { number: numberOf(1, 10), script: ['busy', 'no_answer', 'answer:2,9,1'] },
  machine: { number: numberOf(1, 11), script: ['machine'] },
  wrongNumber: { number: numberOf(1, 12), script: ['failed:404'] },
  impatient: { number: numberOf(1, 13), script: ['rejected', 'answer:1;hangup'] },
  silent: { number: numberOf(1, 470), script: ['no_answer'] },
}

let stack: TestStack
let organization: Organization
let audienceId: string
let program: ProgramResponse
let executionId: string
let watched: Watched
let facts: Facts
const window = { startMs: 0, endMs: 0 }

beforeAll(async () => {
  const profilePath = writeCarrierProfile(Object.fromEntries(Object.values(scripts).map(({ number, script }) => [number, script])))
  stack = await testStack({ carrier: { profilePath, seed: 7 }, speed: clockSpeed })
  organization = await openOrganization(stack, 'Scenario')
}, 300_000)

afterAll(() => stack?.close())

test('a dirty spreadsheet gives every good contact, and reports the line and the reason of every other row', async () => {
  const file = exportedSheet(1, sheetContacts)
  const { importId: _, audienceId: made, rejections, ...counts } = await importContacts(organization, 'Everybody', file.bytes)
  const { rejections: expected, ...expectedCounts } = file.expected
  expect(rejections.map(({ line, reason }) => ({ line, reason }))).toEqual(expected)
  expect(counts).toEqual({ ...expectedCounts, warned: 0, rejectionsTruncated: false, warnings: [], warningsTruncated: false })
  audienceId = made ?? ''
})

test('a Latin-1 file with tabs joins the same audience and updates the contacts that it already has', async () => {
  const file = latin1List(1, { from: sheetContacts, contacts: latin1Contacts, known: 6 })
  const result = await importContacts(organization, 'Everybody', file.bytes)
  expect(result).toMatchObject({ ...file.expected, audienceId })
  const { data } = await organization.client.contacts.list({ search: numberOf(1, 1) })
  expect(data).toMatchObject([{ firstName: 'Aïcha', lastName: 'Nom1', attributes: { credit: 77, membre: false, echeance: '2026-03-02' } }])
  expect(await organization.client.audiences.get(audienceId)).toMatchObject({ size: sheetContacts + latin1Contacts })
})

test('the program calls every contact, and the figures of every answer on the way add up', async () => {
  const now = virtualNow(stack.clock, Date.now())
  // Eight seconds of real time: the launch and the first calls come before it, the last retries after it, on a slow machine too.
  const pause = windowFrom(now + 14 * minuteMs, 15, timezone)
  Object.assign(window, { startMs: pause.startMs, endMs: pause.endMs })
  program = await createProgram(organization, audienceId, {
    name: 'Reminders',
    graph: debtCollection,
    startAt: new Date(now).toISOString(),
    didNumbers,
    retryStrategy: { type: 'fixed_delay', delayMinutes: retryDelayMinutes, maxRetries: maxAttempts - 1 },
    pauseWindows: pause.windows,
    timezone,
    amd: true,
    pacing: { maxConcurrentCalls: 40 },
  })
  executionId = await launch(organization, program)
  await expectReadableAtOnce()
  watched = await watchToTheEnd(organization.client, executionId, { timeoutMs: 240_000 })
  expect(watched.execution.status).toBe('completed')
  expect(watched.execution.totalContacts).toBe(sheetContacts + latin1Contacts)
  expect(watched.looks).toBeGreaterThan(20)
}, 300_000)

/** What a launch was answered with can be read by every route (none of these answers is asked for twice). */
async function expectReadableAtOnce() {
  const { programs, executions, reports } = organization.client
  const [report, ...others] = await Promise.all([
    reports.report(executionId),
    reports.calls(executionId),
    reports.breakdown(executionId),
    reports.nodeStats(executionId),
    reports.billing(executionId),
    executions.get(executionId),
  ])
  expect(report.contactMetrics.totalContacts).toBe(sheetContacts + latin1Contacts)
  expect(others).toHaveLength(5)
  expect(await programs.get(program.id)).toMatchObject({ status: 'active' })
  expect(await programs.executions(program.id)).toMatchObject([{ id: executionId }])
}

test('every figure of every report equals the one computed from the raw events', async () => {
  facts = await agreedFacts(organization.client, stack.natsUrl, executionId, debtCollection)
  expect(facts.reports.report.contactMetrics.totalContacts).toBe(sheetContacts + latin1Contacts)
  expectEventsWithoutGaps(facts)
  await expectPagesToJoin(organization.client, executionId, facts, 37)
}, 180_000)

test('the report shows what was launched and when it ran', () => {
  const { execution } = watched
  const { actualStartAt = '', actualEndAt = '' } = execution
  const { callMetrics: _, contactMetrics: __, billingMetrics: ___, ...rest } = facts.reports.report
  expect(rest).toEqual({
    executionId,
    test: false,
    programId: program.id,
    organizationId: organization.id,
    status: 'completed',
    effectiveStatus: 'completed',
    isInPauseWindow: false,
    scheduledStartAt: program.startAt,
    actualStartAt,
    actualEndAt,
    durationMs: Date.parse(actualEndAt) - Date.parse(actualStartAt),
    metadata: {
      flowId: program.flowId,
      flowName: 'Reminders flow',
      audienceId,
      didPool: didNumbers,
      retryStrategy: program.retryStrategy,
      pauseWindows: program.pauseWindows,
    },
  })
  expect(Date.parse(actualEndAt)).toBeGreaterThanOrEqual(Math.max(...facts.calls.map((call) => Date.parse(call.endedAt ?? ''))))
})

test('the ledger holds one debit for each call that cost something, and the balance is its sum', async () => {
  await expectLedgerToAgree(organization.client, executionId, facts)
})

test('the carrier was asked once for every call', () => {
  const originates = readOriginates(stack.originatesPath).filter((originate) => originate.at <= (watched.execution.actualEndAt ?? ''))
  expectDialedOnce(originates, facts)
  expect(originates.length).toBe(facts.calls.length)
})

test('nobody is called more often than the strategy allows, or again after an answer', () => {
  expectAttemptsInOrder(facts, maxAttempts)
})

test('no call starts within a pause window, and calls start again after it', () => {
  const starts = facts.calls.map((call) => Date.parse(call.startedAt))
  expect(starts.filter((startMs) => isWithin(startMs, program.pauseWindows, timezone))).toEqual([])
  expect(starts.some((startMs) => startMs < window.startMs)).toBe(true)
  expect(starts.some((startMs) => startMs >= window.endMs)).toBe(true)
  expect(watched.effectiveStatuses).toContain('paused_window')
})

test('a retry comes no sooner than the delay after the end of the call that failed', () => {
  const early = [...callsByContact(facts.calls).values()].flatMap((own) => own.slice(1).filter((call, index) => isEarly(own[index], call)))
  expect(early).toEqual([])
})

function isEarly(failed: Call | undefined, retry: Call): boolean {
  return Date.parse(retry.startedAt) - Date.parse(failed?.endedAt ?? '') < retryDelayMinutes * minuteMs
}

test('caller ids are spread evenly over contacts, and each contact keeps its own', () => {
  const contacts = [...callsByContact(facts.calls).values()]
  expect(contacts.filter((own) => new Set(own.map((call) => call.from)).size > 1)).toEqual([])
  const shares = didNumbers.map((number) => contacts.filter((own) => own[0]?.from === number).length)
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
})

test('a contact that follows a script takes that way through the flow', () => {
  const attempts = (number: string) => facts.calls.filter((call) => call.to === number).sort((a, b) => a.attempt - b.attempt)
  const ways = (number: string) => attempts(number).map((call) => `${call.outcome} ${call.flowOutcome}`)
  expect(ways(scripts.persistent.number)).toEqual(['busy failed', 'no_answer failed', 'completed completed'])
  expect(ways(scripts.machine.number)).toEqual(Array(maxAttempts).fill('voicemail completed'))
  expect(ways(scripts.wrongNumber.number)).toEqual(['failed failed'])
  expect(ways(scripts.impatient.number)).toEqual(['rejected failed', 'completed abandoned'])
  expect(ways(scripts.silent.number)).toEqual(Array(maxAttempts).fill('no_answer failed'))

  const answered = attempts(scripts.persistent.number).at(-1)?.callId
  const path = facts.events.calls.flatMap((event) =>
    event.type === 'node.executed' && event.data.callId === answered ? [event.data.nodeId] : [],
  )
  expect(path.join(' ')).toBe('dial-1 answer-1 greeting menu information menu greeting menu owes promise remember thanks bye')
})

test('the report of a call tells the same path, outcome and cost as its raw events', async () => {
  const sample = [...new Map(facts.calls.map((call) => [`${call.outcome} ${call.flowOutcome}`, call])).values()]
  expect(sample.length).toBeGreaterThan(5)
  for (const { callId, contactId, outcome, flowOutcome } of sample) {
    const report = await organization.client.reports.call(callId)
    const runs = facts.events.calls.flatMap((event) => (event.type === 'node.executed' && event.data.callId === callId ? [event.data] : []))
    const rating = facts.events.ratings.find(({ data }) => data.callId === callId)
    expect(report).toMatchObject({ callId, contactId, programExecutionId: executionId, programId: program.id, outcome, flowOutcome })
    expect(report.flowExecution?.executionPath.map(({ nodeId, outputPath }) => `${nodeId} ${outputPath}`)).toEqual(
      runs.map(({ nodeId, outputPath }) => `${nodeId} ${outputPath}`),
    )
    expect(Math.round((report.billing?.totalCost ?? 0) * 1_000_000)).toBe(rating?.data.totalCostMicros)
  }
})

test('another organization gets the answers of things that do not exist', async () => {
  const stranger = await openOrganization(stack, 'Stranger')
  const nothing = '0198aaaa-0000-7000-8000-000000000000'
  const questions: [id: string | undefined | null, ask: (client: Client, id: string) => Promise<unknown>][] = [
    [executionId, ({ reports }, id) => reports.report(id)],
    [executionId, ({ reports }, id) => reports.calls(id)],
    [executionId, ({ reports }, id) => reports.breakdown(id)],
    [executionId, ({ reports }, id) => reports.nodeStats(id)],
    [executionId, ({ reports }, id) => reports.billing(id)],
    [facts.calls[0]?.callId, ({ reports }, id) => reports.call(id)],
    [executionId, ({ executions }, id) => executions.get(id)],
    [program.id, ({ programs }, id) => programs.get(id)],
    [program.id, ({ programs }, id) => programs.executions(id)],
    [program.flowId, ({ flows }, id) => flows.get(id)],
    [audienceId, ({ audiences }, id) => audiences.get(id)],
    [audienceId, ({ audiences }, id) => audiences.contacts(id)],
    [facts.calls[0]?.contactId, ({ contacts }, id) => contacts.get(id)],
    [program.didPool[0]?.id, ({ dids }, id) => dids.get(id)],
  ]
  for (const [id, ask] of questions) {
    const ownId = id ?? ''
    await expect(ask(organization.client, ownId)).resolves.toBeDefined()
    expect(await refusalOf(ask(stranger.client, ownId), ownId)).toEqual(await refusalOf(ask(stranger.client, nothing), nothing))
  }
  const { contacts, audiences, flows, dids, programs, executions } = stranger.client
  for (const list of [contacts.list, audiences.list, flows.list, dids.list]) expect(await list()).toMatchObject({ data: [] })
  for (const list of [programs.list, executions.active]) expect(await list()).toEqual([])
})

/** An answer that was refused, without the id that was asked for. */
async function refusalOf(answer: Promise<unknown>, id: string) {
  const error = await answer.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
  return error instanceof ApiError ? { statusCode: error.statusCode, error: error.error, message: error.message.replace(id, 'id') } : error
}

test('the same seed gives every attempt at a number the same outcome, digits, durations and cost, whatever the pace', async () => {
  const again = await createProgram(organization, audienceId, {
    name: 'Reminders again',
    graph: debtCollection,
    startAt: program.startAt,
    didNumbers: ['+212520000004'],
    retryStrategy: { type: 'fixed_delay', delayMinutes: 1, maxRetries: maxAttempts - 1 },
    amd: true,
    pacing: { maxConcurrentCalls: 100, callsPerSecond: 5 },
  })
  const secondId = await launch(organization, again)
  await watchToTheEnd(organization.client, secondId, { timeoutMs: 180_000 })
  const second = await agreedFacts(organization.client, stack.natsUrl, secondId, debtCollection)
  expect(behaviour(second)).toEqual(behaviour(facts))
}, 240_000)

/** What people did, by number and attempt: everything but when, from where and under which id they were called. */
function behaviour({ calls, events }: Facts): Map<string, unknown> {
  const eventsOf = byCall(events.calls)
  const rows = calls.map((call) => {
    const { outcome, flowOutcome, durationMs = null, totalCost = 0 } = call
    const nodes = (eventsOf.get(call.callId) ?? []).flatMap((event) =>
      event.type === 'node.executed' ? [[event.data.nodeId, event.data.outputPath, event.data.durationMs, event.data.data.digits]] : [],
    )
    return [`${call.to} ${call.attempt}`, { outcome, flowOutcome, durationMs, totalCost, nodes }] as const
  })
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)))
}

test('an execution that is over is no longer active', async () => {
  expect(await organization.client.executions.active()).toEqual([])
})
