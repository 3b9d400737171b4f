import { type CallEvent, callSubjectOf, sequencedCallEvents } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm } from '@carillon/service-kit/postgres/database'
import { oldestFirst } from '@carillon/service-kit/postgres/list-order'
import { eq, inArray } from 'drizzle-orm'
import { bigint, integer, json, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import type { PlacedCallEvent } from '../../src/domain/call.ts'
import { foldCallEvents } from '../../src/domain/call-batch.ts'
import { isEnd, isStartOrEnd } from '../../src/domain/call-figures.ts'
import type { DigitBreakdown } from '../../src/domain/node-stats.ts'
import { callIds } from '../../src/read-models/call-ids.ts'
import type { CallQueries, ListedCall } from '../../src/read-models/queries.ts'
import type { ReadModel } from '../../src/read-models/read-model.ts'
import { counted } from './counted.ts'

/** What the migration of such a version would hold. */
export const callsV2Migration = `
  create table call_events_v2 (
    call_id uuid not null, seq integer not null, execution_id uuid, position bigint not null, event json not null,
    primary key (call_id, seq)
  )`

const callEventsV2 = pgTable(
  'call_events_v2',
  {
    callId: uuid('call_id').notNull(),
    seq: integer('seq').notNull(),
    executionId: uuid('execution_id'),
    position: bigint('position', { mode: 'number' }).notNull(),
    event: json('event').$type<PlacedCallEvent>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.seq] })],
)

const projection: Projection<CallEvent> = {
  name: 'calls-v2',
  stream: 'CALLS',
  schemas: sequencedCallEvents,
  subjectOf: callSubjectOf,
  async apply(tx, _lane, events) {
    const rows = events.map((event) => ({ ...event.data, position: event.position, event }))
    await insertRows(tx, callEventsV2, rows, { onConflict: 'skip' })
  },
}

async function foldedEvents(orm: Orm, executionId: string) {
  const rows = await orm.select().from(callEventsV2).where(eq(callEventsV2.executionId, executionId))
  return foldCallEvents(
    new Map(),
    rows.map(({ event }) => event),
  )
}

async function eventsOf(orm: Orm, callIds: readonly string[]) {
  if (callIds.length === 0) return []
  const rows = await orm
    .select()
    .from(callEventsV2)
    .where(inArray(callEventsV2.callId, [...callIds]))
  return rows.map(({ event }) => event)
}

const upTo = (position: number) => (row: { position: number }) => row.position <= position

/** This version lists calls without conditions, the oldest first. */
const byTime = oldestFirst<ListedCall>([callEventsV2.callId], ({ callId }) => [callId])
const ordersByTime: CallQueries['callOrders'] = {
  startedAt: byTime,
  '-startedAt': byTime,
  durationMs: byTime,
  '-durationMs': byTime,
  totalCost: byTime,
  '-totalCost': byTime,
}

const queries: CallQueries = {
  async reached(orm, executionId) {
    const rows = await orm.select().from(callEventsV2).where(eq(callEventsV2.executionId, executionId))
    return Math.max(0, ...rows.map(({ position }) => position))
  },
  async firstAwaited(orm, executionId, { contacts, costs }) {
    const { changes } = await foldedEvents(orm, executionId)
    return (changes.get(executionId) ?? []).find((change) => {
      return (isStartOrEnd(change) && change.position > contacts) || (isEnd(change) && change.position > costs)
    })
  },
  async positionAt(orm, executionId, atMs) {
    const { changes } = await foldedEvents(orm, executionId)
    return (changes.get(executionId) ?? []).findLast((change) => change.atMs <= atMs)?.position ?? 0
  },
  async lastChangeAt(orm, executionId) {
    const { changes } = await foldedEvents(orm, executionId)
    return changes.get(executionId)?.at(-1)?.atMs ?? null
  },
  countsOf: async (orm, executionId, position) => counted(await foldedEvents(orm, executionId), position),
  callOrders: ordersByTime,
  async listCalls(orm, { executionId, position }, _sort, { after: [after = ''] = [], limit, offset }) {
    const { started } = await foldedEvents(orm, executionId)
    const shown = started.filter(upTo(position)).filter(({ callId }) => callId > after)
    const sorted = shown.sort((a, b) => (a.callId < b.callId ? -1 : 1)).slice(offset, offset + limit)
    return sorted.map((call) => ({ ...call, sortKey: 0 }))
  },
  async countCalls(orm, { executionId, position }) {
    return (await foldedEvents(orm, executionId)).started.filter(upTo(position)).length
  },
  segmentsOf: async () => [],
  async endsOfCalls(orm, callIds, position) {
    const { ended } = foldCallEvents(new Map(), await eventsOf(orm, callIds))
    return new Map(ended.filter(upTo(position)).map((end) => [end.callId, end]))
  },
  async findCall(orm, organizationId, callId) {
    const { started } = foldCallEvents(new Map(), await eventsOf(orm, [callId]))
    return started.find((call) => call.organizationId === organizationId)
  },
  async callsOfJob(orm, organizationId, jobId) {
    const rows = await orm.select().from(callEventsV2)
    const { started } = foldCallEvents(
      new Map(),
      rows.flatMap(({ event }) => (event.data.jobId === jobId ? [event] : [])),
    )
    return started.filter((call) => call.organizationId === organizationId).sort((a, b) => a.attempt - b.attempt)
  },
  async callsByName(orm, { executionId, position }) {
    const { started } = await foldedEvents(orm, executionId)
    const names = new Intl.Collator()
    const shown = started.filter(upTo(position)).sort((a, b) => {
      if ((a.lastName === null) !== (b.lastName === null)) return a.lastName === null ? 1 : -1
      return names.compare(a.lastName ?? '', b.lastName ?? '') || a.attempt - b.attempt || (a.callId < b.callId ? -1 : 1)
    })
    return callIds(shown.map(({ callId }) => Buffer.from(callId.replaceAll('-', ''), 'hex')))
  },
  async callsOf(orm, ids) {
    const { started } = foldCallEvents(new Map(), await eventsOf(orm, ids))
    return new Map(started.map((call) => [call.callId, call]))
  },
  async eventsOfCalls(orm, ids) {
    const events = (await eventsOf(orm, ids)).filter((event) => event.type !== 'call.not_dialed')
    const ordered = events.map((event) => ({ ...event, seq: event.data.seq })).sort((a, b) => a.seq - b.seq)
    return Map.groupBy(ordered, (event) => event.data.callId)
  },
  async digitBreakdownsOf(orm, executionId, position) {
    const breakdowns = new Map<string, DigitBreakdown>()
    for (const { nodeId, digits, executions } of counted(await foldedEvents(orm, executionId), position).digits) {
      const { total, inputs } = breakdowns.get(nodeId) ?? { total: 0, inputs: [] }
      breakdowns.set(nodeId, { total: total + executions, inputs: [...inputs, { digits, executions }] })
    }
    return breakdowns
  },
}

/**
 * A second version of the read model of calls, with another shape than the first: it only stores the events and counts them when a report
 * asks.
 */
export const callsV2 = { projection, tables: [callEventsV2], queries } satisfies ReadModel & { queries: CallQueries }
