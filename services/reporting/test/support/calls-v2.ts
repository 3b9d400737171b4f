import { type CallEvent, callSubjectOf, sequencedCallEvents } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm } from '@carillon/service-kit/postgres/database'
import { oldestFirst } from '@carillon/service-kit/postgres/list-order'
import { eq, inArray } from 'drizzle-orm'
import { integer, json, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { foldCallEvents } from '../../src/domain/call-batch.ts'
import type { DigitBreakdown } from '../../src/domain/node-stats.ts'
import type { CallQueries } from '../../src/read-models/queries.ts'
import type { ReadModel } from '../../src/read-models/read-model.ts'

/** What the migration of such a version would hold. */
export const callsV2Migration = `
  create table call_events_v2 (
    call_id uuid not null, seq integer not null, execution_id uuid, event json not null,
    primary key (call_id, seq)
  )`

const callEventsV2 = pgTable(
  'call_events_v2',
  {
    callId: uuid('call_id').notNull(),
    seq: integer('seq').notNull(),
    executionId: uuid('execution_id'),
    event: json('event').$type<CallEvent>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.seq] })],
)

const projection: Projection<CallEvent> = {
  name: 'calls-v2',
  stream: 'CALLS',
  schemas: sequencedCallEvents,
  subjectOf: callSubjectOf,
  async apply(tx, _lane, events) {
    const rows = events.map((event) => ({ ...event.data, event }))
    await insertRows(tx, callEventsV2, rows, { onConflict: 'skip' })
  },
}

async function executionEvents(orm: Orm, executionId: string) {
  const rows = await orm.select().from(callEventsV2).where(eq(callEventsV2.executionId, executionId))
  const events = rows.map(({ event }) => event)
  return foldCallEvents(new Map(), events)
}

const queries: CallQueries = {
  attemptStatsOf: async (orm, executionId) => (await executionEvents(orm, executionId)).attempts,
  callOrder: oldestFirst([callEventsV2.callId], ({ callId }) => [callId]),
  async listCalls(orm, executionId, { after: [after = ''] = [], limit, offset }) {
    const { started } = await executionEvents(orm, executionId)
    const listed = started.filter(({ callId }) => callId > after).sort((a, b) => (a.callId < b.callId ? -1 : 1))
    return listed.slice(offset, offset + limit)
  },
  async endsOfCalls(orm, callIds) {
    if (callIds.length === 0) return new Map()
    const rows = await orm
      .select()
      .from(callEventsV2)
      .where(inArray(callEventsV2.callId, [...callIds]))
    const events = rows.map(({ event }) => event)
    return new Map(foldCallEvents(new Map(), events).ended.map((end) => [end.callId, end]))
  },
  nodeStatsOf: async (orm, executionId) => (await executionEvents(orm, executionId)).nodes,
  async digitBreakdownsOf(orm, executionId) {
    const breakdowns = new Map<string, DigitBreakdown>()
    for (const { nodeId, ...input } of (await executionEvents(orm, executionId)).digits) {
      const { total, inputs } = breakdowns.get(nodeId) ?? { total: 0, inputs: [] }
      breakdowns.set(nodeId, { total: total + input.executions, inputs: [...inputs, input] })
    }
    return breakdowns
  },
}

/**
 * A second version of the read model of calls, with another shape than the first: it only stores the events and counts them when a report
 * asks.
 */
export const callsV2 = { projection, tables: [callEventsV2], queries } satisfies ReadModel & { queries: CallQueries }
