import type { CallSort } from '@carillon/contracts/report-query'
import { microsToNumeric } from '@carillon/money/credits'
import type { Orm } from '@carillon/service-kit/postgres/database'
import { type ListOrder, newestFirst, oldestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { uuidFormat } from '@carillon/service-kit/process/formats'
import { and, count, eq, getTableColumns, gte, isNull, like, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import { pressedAtKey, pressedKey, ranKey } from '../../domain/node-keys.ts'
import type { CallSelection, ListedCall } from '../queries.ts'
import { callOfRow } from './calls.ts'
import { callEnds, callEvents, calls } from './schema.ts'

/** Call ids are UUIDs of version 7: their order is the order in time. */
export const callOrders: Readonly<Record<CallSort, ListOrder<ListedCall>>> = {
  startedAt: oldestFirst<ListedCall>([calls.callId], ({ callId }) => [callId]),
  '-startedAt': newestFirst<ListedCall>([calls.callId], ({ callId }) => [callId]),
  durationMs: byKey('asc', '>'),
  '-durationMs': byKey('desc', '<'),
  totalCost: byKey('asc', '>'),
  '-totalCost': byKey('desc', '<'),
}

/** By the number that a list is sorted by, as {@link listCalls} selects it. */
function byKey(direction: 'asc' | 'desc', sign: '<' | '>'): ListOrder<ListedCall> {
  return {
    orderBy: [sql.raw(`listed.sort_key ${direction}`), sql.raw(`listed.call_id ${direction}`)],
    positionOf: ({ sortKey, callId }) => [sortKey, callId],
    behind: ([key, callId]) => sql`(listed.sort_key, listed.call_id) ${sql.raw(sign)} (${key}::bigint, ${callId}::uuid)`,
    isPosition: (values): values is [number, string] =>
      values.length === 2 && Number.isSafeInteger(values[0]) && typeof values[1] === 'string' && uuidFormat.test(values[1]),
  }
}

/** Calls of an execution, in the order of `callOrders[sort]`. */
export async function listCalls(orm: Orm, selection: CallSelection, sort: CallSort, slice: Slice): Promise<ListedCall[]> {
  const key = keyOf(selection, sort)
  if (key === undefined) {
    const selected = orm.select(getTableColumns(calls)).from(calls).$dynamic()
    const rows = await (asksForEnds(selection) ? selected.leftJoin(callEnds, endOf(selection)) : selected)
      .where(and(matches(selection), slice.where))
      .orderBy(...slice.orderBy)
      .limit(slice.limit)
      .offset(slice.offset)
    return rows.map((row) => ({ ...callOfRow(row), sortKey: 0 }))
  }
  const listed = orm
    .select({ ...getTableColumns(calls), sortKey: sql<number>`${key}`.mapWith(Number).as('sort_key') })
    .from(calls)
    .leftJoin(callEnds, endOf(selection))
    .where(matches(selection))
    .as('listed')
  const rows = await orm
    .select()
    .from(listed)
    .where(slice.where)
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  return rows.map(({ sortKey, ...row }) => ({ ...callOfRow(row), sortKey }))
}

export async function countCalls(orm: Orm, selection: CallSelection): Promise<number> {
  const counted = orm.select({ total: count() }).from(calls).$dynamic()
  const [row] = await (asksForEnds(selection) ? counted.leftJoin(callEnds, endOf(selection)) : counted).where(matches(selection))
  return row?.total ?? 0
}

/** What a list is sorted by before the call's id: milliseconds or micro-credits; undefined for the time, which the id holds. */
function keyOf({ costOf }: CallSelection, sort: CallSort): SQL | undefined {
  switch (sort) {
    case 'startedAt':
    case '-startedAt':
      return undefined
    case 'durationMs':
    case '-durationMs':
      return sql`coalesce(${callEnds.durationMs}, 0)`
    case 'totalCost':
    case '-totalCost':
      return sql`(coalesce(${costOf(calls.callId)}, 0) * 1000000)::bigint`
  }
}

/** Whether the conditions need the ends of calls: a list that does not must not read them. */
function asksForEnds({ filter: { status, minDurationMs, maxDurationMs } }: CallSelection): boolean {
  return status !== undefined || minDurationMs !== undefined || maxDurationMs !== undefined
}

/** The end of a call, if it had ended by the position. */
export function endOf({ position }: CallSelection): SQL | undefined {
  return and(eq(callEnds.callId, calls.callId), lte(callEnds.position, position))
}

/** The calls of a selection. Their ends must be joined as {@link endOf} says if a condition asks for them. */
export function matches({ executionId, position, filter, costOf }: CallSelection): SQL | undefined {
  const {
    status,
    attempt,
    contactId,
    toPrefixes,
    startedFromMs,
    startedBeforeMs,
    minDurationMs,
    maxDurationMs,
    minCostMicros,
    maxCostMicros,
  } = filter
  const cost = costOf(calls.callId)
  return and(
    eq(calls.executionId, executionId),
    lte(calls.position, position),
    status && (status === 'ongoing' ? isNull(callEnds.callId) : eq(callEnds.outcome, status)),
    attempt === undefined ? undefined : eq(calls.attempt, attempt),
    contactId === undefined ? undefined : eq(calls.contactId, contactId),
    // They hold nothing that `like` would read as a wildcard.
    toPrefixes && or(...toPrefixes.map((prefix) => like(calls.to, `${prefix}%`))),
    startedFromMs === undefined ? undefined : gte(calls.startedAt, new Date(startedFromMs)),
    startedBeforeMs === undefined ? undefined : lt(calls.startedAt, new Date(startedBeforeMs)),
    minDurationMs === undefined ? undefined : gte(callEnds.durationMs, minDurationMs),
    maxDurationMs === undefined ? undefined : lte(callEnds.durationMs, maxDurationMs),
    minCostMicros === undefined ? undefined : sql`${cost} >= ${microsToNumeric(minCostMicros)}::numeric`,
    maxCostMicros === undefined ? undefined : sql`${cost} <= ${microsToNumeric(maxCostMicros)}::numeric`,
    ranNode(filter),
  )
}

/** Whether a call has run a node so far, and which keys were pressed there. */
function ranNode({ nodeId, digits }: CallSelection['filter']): SQL | undefined {
  const key = keyOfNode(nodeId, digits)
  if (key === undefined) return undefined
  return sql`exists (select from ${callEvents} where ${callEvents.callId} = ${calls.callId} and ${key} = any(${callEvents.nodeKeys}) offset 0)`
}

function keyOfNode(nodeId: string | undefined, digits: string | undefined): string | undefined {
  if (digits === undefined) return nodeId === undefined ? undefined : ranKey(nodeId)
  return nodeId === undefined ? pressedKey(digits) : pressedAtKey(nodeId, digits)
}
