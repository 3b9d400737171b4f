import type { CallEvent } from '@carillon/contracts/call-events'
import { laneOf } from '@carillon/contracts/lane'
import type { Tx } from '@carillon/service-kit/postgres/database'
import { openTestService, type TestService } from '@carillon/testing/test-service'
import { getTableName } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ExecutionEvent } from '../src/domain/execution.ts'
import { billingProjection } from '../src/read-models/billing-v1/projection.ts'
import { billingV1 } from '../src/read-models/billing-v1/read-model.ts'
import { callsProjection } from '../src/read-models/calls-v1/projection.ts'
import { callsV1 } from '../src/read-models/calls-v1/read-model.ts'
import { executionsProjection } from '../src/read-models/executions-v1/projection.ts'
import { executionsV1 } from '../src/read-models/executions-v1/read-model.ts'
import { emptyReadModels } from '../src/read-models/rebuild.ts'
import { readModels } from '../src/read-models/registry.ts'
import { applied, placed } from './support/applied.ts'
import { contactsChanged, eventsOf, launched, lifecycle, newId, noContacts, plannedCall, ratingOf } from './support/events.ts'

let service: TestService
beforeAll(async () => {
  service = await openTestService('reporting')
})
afterAll(() => service.close())
beforeEach(() => emptyReadModels(service.deps.database, readModels))

const applyCalls = (events: readonly CallEvent[]) => service.deps.database.transaction((tx) => applied(tx, callsProjection, events))

/** Every row of the tables of `calls-v1`. */
async function callTables() {
  const { sql } = service.database
  const tables = callsV1.tables.map(getTableName)
  const rows = await Promise.all(tables.map((table) => sql`select * from ${sql(table)} as entry order by entry::text`))
  return Object.fromEntries(tables.map((table, index) => [table, [...(rows[index] ?? [])]]))
}

/** A position beyond every event. */
const theEnd = Number.MAX_SAFE_INTEGER

/** The figures of an execution's calls as reports ask for them, in the order of their names. */
async function callFigures(executionId: string) {
  const { orm } = service.deps.database
  const { countsOf, digitBreakdownsOf } = callsV1.queries
  const { attempts, nodes } = await countsOf(orm, executionId, theEnd)
  const digits = await digitBreakdownsOf(orm, executionId, theEnd)
  return {
    attempts: attempts.sort((a, b) => a.attempt - b.attempt),
    nodes,
    digits: [...digits].sort(([a], [b]) => (a < b ? -1 : 1)),
  }
}

const rating = () => ratingOf(plannedCall(), [{ nodeType: 'dial', durationMs: 25_001, costMicros: 1_875_075 }])

test('a call is stored with its events, without the fields that its row holds already', async () => {
  const call = plannedCall()
  await applyCalls(eventsOf(call))
  const tables = await callTables()
  expect(tables.calls).toMatchObject([{ call_id: call.callId, execution_id: call.executionId, contact_id: call.contactId }])
  expect(tables.call_ends).toMatchObject([{ outcome: 'completed', outcome_reason: 'as planned', duration_ms: '25001' }])
  const [row] = tables.call_events ?? []
  expect(row?.last_seq).toBe(9)
  const events = JSON.parse(row?.events)
  expect(events).toHaveLength(9)
  expect(events[6]).toMatchObject({ seq: 7, type: 'node.executed', data: { nodeId: 'menu', data: { digits: '1' } } })
  expect(events[6].data).not.toHaveProperty('callId')
})

test('events that are delivered again change no row', async () => {
  const events = placed([plannedCall(), plannedCall({ attempt: 2 })].flatMap(eventsOf))
  const lane = laneOf(events[0]?.correlationId ?? '')
  const apply = (batch: typeof events) => service.deps.database.transaction((tx) => callsProjection.apply(tx, lane, batch))
  await apply(events)
  const before = await callTables()
  await apply(events)
  for (const event of events) await apply([event])
  expect(await callTables()).toEqual(before)
})

test('a call gets the same rows and figures whether its events come one by one and backwards, or all at once', async () => {
  const call = plannedCall()
  const executionId = call.executionId ?? ''
  await applyCalls(eventsOf(call))
  const atOnce = await callTables()
  const figures = await callFigures(executionId)
  expect(figures).toMatchObject({ attempts: [{ started: 1, answered: 1 }], digits: [['menu', { total: 1 }]] })
  await emptyReadModels(service.deps.database, readModels)

  const [started, ...rest] = eventsOf(call)
  for (const event of rest.reverse()) await applyCalls([event])
  const waiting = await callTables()
  expect(waiting.parked_call_events).toHaveLength(8)
  expect(waiting.calls).toEqual([])
  expect(waiting.call_figures).toEqual([])

  if (started) await applyCalls([started])
  for (const event of rest) await applyCalls([event])
  const inParts = await callTables()
  const withoutPositions = (rows: Record<string, unknown>[] = []) => rows.map(({ position: _position, ...row }) => row)
  for (const table of ['calls', 'call_ends', 'parked_call_events']) {
    expect(withoutPositions(inParts[table])).toEqual(withoutPositions(atOnce[table]))
  }
  expect(await callFigures(executionId)).toEqual(figures)
})

test('the events of a call that came in parts are all stored, in order', async () => {
  const call = plannedCall()
  const events = eventsOf(call)
  for (const part of [events.slice(0, 3), events.slice(3, 4), events.slice(4)]) await applyCalls(part)
  const rows = await service.database.sql<{ events: { seq: number }[] }[]>`
    select events::json from call_events where call_id = ${call.callId} order by last_seq`
  expect(rows.flatMap((row) => row.events.map(({ seq }) => seq))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a batch that was rolled back counts once when it runs again', async () => {
  const call = plannedCall()
  const events = eventsOf(call)
  const failing = service.deps.database.transaction(async (tx: Tx) => {
    await applied(tx, callsProjection, events)
    throw new Error('the connection is lost')
  })
  await expect(failing).rejects.toThrow('the connection is lost')
  expect((await callTables()).calls).toEqual([])
  await applyCalls(events)
  expect((await callFigures(call.executionId ?? '')).attempts).toMatchObject([{ started: 1, answered: 1 }])
})

/** What the execution of `rating()` has cost. */
async function costs() {
  const { orm } = service.deps.database
  const executionId = plannedCall().executionId ?? ''
  return billingV1.queries.costsOf(orm, executionId, theEnd)
}

test('a rating counts once, alone or twice in a batch, and before its call is known', async () => {
  const { database } = service.deps
  const [one, other] = [rating(), rating()]
  await database.transaction((tx) => applied(tx, billingProjection, [one, one]))
  await database.transaction((tx) => applied(tx, billingProjection, [other, one]))
  expect(await costs()).toMatchObject({
    total: { totalMicros: 3_750_150n, billableCalls: 2 },
    nodeTypes: [{ nodeType: 'dial', totalMicros: 3_750_150n, executions: 2, totalDurationMs: 50_002 }],
  })
  expect(await database.sql`select call_id from call_costs`).toHaveLength(2)
})

test('durations of node types add up even if some nodes have none', async () => {
  const { database } = service.deps
  const unanswered = ratingOf(plannedCall(), [{ nodeType: 'dial', durationMs: null, costMicros: 0 }])
  for (const event of [unanswered, rating(), ratingOf(plannedCall(), [{ nodeType: 'dial', durationMs: null, costMicros: 0 }])]) {
    await database.transaction((tx) => applied(tx, billingProjection, [event]))
  }
  expect((await costs()).nodeTypes).toMatchObject([{ executions: 3, totalDurationMs: 25_001 }])
})

test('an execution gets the same rows whether its events come at once, one by one, backwards or twice', async () => {
  const { database } = service.deps
  const executionId = newId()
  const events = [
    launched(executionId),
    contactsChanged(executionId, 2, 1_000, { ...noContacts, calling: 3 }),
    lifecycle('execution.cancelled', executionId, 3, 'cancelled', 2_000, { ...noContacts, calling: 1, skipped: 2 }),
    contactsChanged(executionId, 4, 3_000, { ...noContacts, completed: 1, skipped: 2 }),
  ]
  const apply = (batch: typeof events) => database.transaction((tx) => applied(tx, executionsProjection, batch))
  const rows = () => database.sql`select * from executions join execution_steps using (execution_id) order by position, revision`
  await apply(events)
  const atOnce = [...(await rows())]
  expect(atOnce).toMatchObject([1, 2, 3, 4].map((revision) => ({ revision, program_name: 'Holiday Campaign' })))
  expect(await executionsV1.queries.progressOf(database.orm, executionId, theEnd)).toMatchObject({
    status: 'cancelled',
    counts: { ...noContacts, completed: 1, skipped: 2 },
  })
  await emptyReadModels(database, readModels)
  for (const event of [...events].reverse()) await apply([event, event])
  expect([...(await rows())]).toEqual(atOnce)
})

test('another stop of an execution is shown, whichever event comes last', async () => {
  const executionId = newId()
  const { sql } = service.database
  const stopOf = async () => (await sql`select scheduled_stop_at from executions where execution_id = ${executionId}`)[0]?.scheduled_stop_at
  const changed = (revision: number, scheduledStopAt: string | null) => {
    const { data, ...event } = lifecycle('execution.paused', executionId, revision, 'paused', revision)
    return { ...event, type: 'execution.changed' as const, data: { ...data, status: 'running' as const, scheduledStopAt, pacing: {} } }
  }
  const apply = (...events: ExecutionEvent[]) => service.deps.database.transaction((tx) => applied(tx, executionsProjection, events))
  await apply(launched(executionId, { scheduledStopAt: '2025-12-20T18:00:00Z' }), changed(2, '2025-12-21T18:00:00Z'))
  expect(await stopOf()).toEqual(new Date('2025-12-21T18:00:00Z'))
  await apply(changed(3, null))
  await apply(changed(2, '2025-12-21T18:00:00Z'))
  expect(await stopOf()).toBeNull()
})
