import type { Client } from '@carillon/client/client'
import type { LedgerEntryResponse } from '@carillon/contracts/billing'
import type { Flow } from '@carillon/contracts/flow'
import type { ProgramReport } from '@carillon/contracts/report'
import { eventually } from '@carillon/testing/eventually'
import { expect } from 'vitest'
import type { Originate } from '../../src/originates.ts'
import { type RawEvents, readRawEvents } from '../../src/raw-events.ts'
import {
  billingMetricsOf,
  billingOf,
  breakdownOf,
  byCall,
  type Call,
  callMetricsOf,
  costPerCall,
  credits,
  historyOf,
  micros,
  nodeStatsOf,
  percent,
  ratedNodesOf,
} from '../../src/recompute.ts'
import { everyItem, type Reports, readReports } from '../../src/reports.ts'

/** Everything known about an ended execution: the API's answers, the events of the streams, and the calls computed from these. */
export interface Facts {
  reports: Reports
  events: RawEvents
  calls: Call[]
}

/** Waits until every report of an ended execution equals what the raw events give, then returns both. */
export function agreedFacts(client: Client, natsUrl: string, executionId: string, graph: Flow['graph']): Promise<Facts> {
  return eventually(
    async () => {
      const events = await readRawEvents(natsUrl, executionId)
      const reports = await readReports(client, executionId)
      const facts = { reports, events, calls: historyOf(events.calls, events.ratings) }
      expectReportsToAgree(executionId, graph, facts)
      return facts
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  )
}

function expectReportsToAgree(executionId: string, graph: Flow['graph'], { reports, events, calls }: Facts): void {
  expect(reports.calls).toEqual(calls.map(({ flowOutcome: _, ...call }) => call))
  expect(calls.filter((call) => call.status === 'ongoing')).toEqual([])
  const { report } = reports
  expect(report.callMetrics).toEqual(callMetricsOf(calls))
  expect(report.contactMetrics).toEqual(contactMetricsOf(calls))
  expect(reports.breakdown).toEqual(breakdownOf(calls))
  expect(reports.nodeStats).toEqual(nodeStatsOf(graph.nodes, events.calls, calls))

  const rated = ratedNodesOf(events.calls)
  const costs = costPerCall(rated)
  expect(reports.billing).toEqual(billingOf(executionId, rated, calls))
  expect(report.billingMetrics).toEqual(billingMetricsOf(rated))
  expect(events.ratings.map(({ data }) => data.callId).sort()).toEqual(calls.map((call) => call.callId).sort())
  for (const { data } of events.ratings) expect([data.callId, data.totalCostMicros]).toEqual([data.callId, costs.get(data.callId) ?? 0])
}

/** The contacts of an ended execution by their state, which follows from the last call of each. */
function contactMetricsOf(calls: readonly Call[]): ProgramReport['contactMetrics'] {
  const contacts = [...callsByContact(calls).values()]
  const completed = contacts.filter((own) => own.at(-1)?.outcome === 'completed').length
  const totalContacts = contacts.length
  const nobody = { pending: 0, queued: 0, calling: 0, pendingRetry: 0, skipped: 0 }
  return { ...nobody, totalContacts, completed, failed: totalContacts - completed, reachRate: percent(completed, totalContacts) }
}

/** The calls of each contact, first attempt first. */
export function callsByContact(calls: readonly Call[]): Map<string | null, Call[]> {
  const inOrder = calls.toSorted((a, b) => a.attempt - b.attempt)
  return Map.groupBy(inOrder, (call) => call.contactId)
}

/** The pages of the history joined are the whole history. */
export async function expectPagesToJoin(client: Client, executionId: string, { reports }: Facts, limit: number): Promise<void> {
  const total = reports.calls.length
  const totalPages = Math.ceil(total / limit)
  for (const page of [1, 2, totalPages, totalPages + 1]) {
    expect(await client.reports.calls(executionId, { page, limit })).toEqual({
      data: reports.calls.slice((page - 1) * limit, page * limit),
      meta: { page, limit, total, totalPages, nextCursor: page < totalPages ? expect.any(String) : null },
    })
  }
}

/** The events of each call have no gap, and none follows its end. An order that was never dialed has a single event. */
export function expectEventsWithoutGaps({ events }: Facts): void {
  for (const [callId, own] of byCall(events.calls)) {
    const seqs = own.map((event) => event.data.seq).sort((a, b) => a - b)
    expect([callId, seqs]).toEqual([callId, seqs.map((_, index) => index + 1)])
    const last = own.find((event) => event.data.seq === seqs.length)
    expect([callId, last?.type]).toEqual([callId, seqs.length === 1 ? 'call.not_dialed' : 'call.ended'])
  }
}

/** Every call was charged once, with the right amount; the balance is the sum of the whole ledger. */
export async function expectLedgerToAgree(client: Client, executionId: string, { events, reports }: Facts): Promise<void> {
  const entries = await everyItem(client.billing.ledger.items())
  const { balance } = await client.billing.account()
  const sum = (own: readonly LedgerEntryResponse[]) => own.reduce((total, entry) => total + micros(entry.amount), 0)
  expect(micros(balance)).toBe(sum(entries))

  const charged = entries.filter((entry) => entry.executionId === executionId)
  const costs = [...costPerCall(ratedNodesOf(events.calls))].filter(([, costMicros]) => costMicros > 0)
  const byId = (a: readonly unknown[], b: readonly unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1)
  expect(charged.map((entry) => [entry.callId, micros(-entry.amount)]).sort(byId)).toEqual(costs.sort(byId))
  expect(credits(-sum(charged))).toBe(reports.report.billingMetrics.totalCreditsUsed)
}

/**
 * The carrier was asked at most once for each attempt, and only for calls that the reports contain. A call without an originate was lost between the
 * journal and the carrier, and ended with that reason.
 */
export function expectDialedOnce(originates: readonly Originate[], { calls, events }: Facts): void {
  expect(repeated(originates.map((originate) => originate.callId))).toEqual([])
  expect(repeated(originates.map(({ to, attempt }) => `${to} attempt ${attempt}`))).toEqual([])
  const known = new Map(calls.map((call) => [call.callId, call]))
  for (const { callId, to, from, attempt } of originates) expect(known.get(callId)).toMatchObject({ to, from, attempt })

  const dialed = new Set(originates.map((originate) => originate.callId))
  const lost = lostCalls(events)
  expect(calls.filter((call) => !dialed.has(call.callId) && !lost.has(call.callId))).toEqual([])
}

/** Calls that ended because their bridge died. */
export function lostCalls({ calls }: RawEvents): Set<string> {
  const ends = calls.filter((event) => event.type === 'call.ended')
  return new Set(ends.filter(({ data }) => data.outcomeReason === 'lost').map(({ data }) => data.callId))
}

/** Attempts count 1, 2, 3… up to the last that the strategy allows; a contact that answered is not called again. */
export function expectAttemptsInOrder({ calls, events }: Facts, maxAttempts: number): void {
  const pointless = new Set(
    events.calls.flatMap((event) => (event.type === 'call.ended' && event.data.retryPointless ? [event.data.callId] : [])),
  )
  for (const [contactId, own] of callsByContact(calls)) {
    expect([contactId, own.map((call) => call.attempt)]).toEqual([contactId, own.map((_, index) => index + 1)])
    expect([contactId, own.slice(0, -1).filter((call) => call.outcome === 'completed')]).toEqual([contactId, []])
    const last = own.at(-1)
    const isDone = last?.outcome === 'completed' || own.length === maxAttempts || pointless.has(last?.callId ?? '')
    expect([contactId, own.length <= maxAttempts, isDone]).toEqual([contactId, true, true])
  }
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}
