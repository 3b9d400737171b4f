import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, desc, eq, gt, inArray, lte, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { CallBill, CallCost } from '../../domain/billing.ts'
import type { PlacedRating } from '../../domain/cost-figures.ts'
import { callCosts } from './schema.ts'

/** Stores ratings, each with its position, and returns the ids of the calls that had none before. A call is rated once. */
export async function addRatings(tx: Tx, ratings: readonly PlacedRating[]): Promise<Set<string>> {
  const rows = ratings.map(({ position, organizationId, data: { callId, executionId, contactId, durationMs, totalCostMicros, nodes } }) => {
    return {
      callId,
      organizationId,
      executionId,
      contactId,
      durationMs,
      totalCost: microsToNumeric(BigInt(totalCostMicros)),
      position,
      nodes,
    }
  })
  const added = await insertRows(tx, callCosts, rows, { onConflict: { key: ['callId'] }, returning: ['callId'] })
  return new Set(added.map(({ callId }) => callId))
}

/** What calls cost, in micro-credits, by call id. Calls that were not rated are left out. */
export async function costsOfCalls(orm: Orm, callIds: readonly string[], position: number): Promise<Map<string, bigint>> {
  if (callIds.length === 0) return new Map()
  const rows = await orm
    .select({ callId: callCosts.callId, totalCost: callCosts.totalCost })
    .from(callCosts)
    .where(and(inArray(callCosts.callId, [...callIds]), lte(callCosts.position, position)))
  return new Map(rows.map((row) => [row.callId, numericToMicros(row.totalCost)]))
}

/** What a call cost up to a position, in credits, for a statement in which `callId` stands. */
export function costOf(callId: SQLWrapper, position: number): SQL {
  return sql`(select total_cost from call_costs where call_costs.call_id = ${callId} and call_costs.position <= ${position})`
}

/** What calls cost, node by node, by call id. Calls that are not rated yet are left out. */
export async function billsOfCalls(orm: Orm, callIds: readonly string[]): Promise<Map<string, CallBill>> {
  if (callIds.length === 0) return new Map()
  const rows = await orm
    .select({ callId: callCosts.callId, totalCost: callCosts.totalCost, nodes: callCosts.nodes })
    .from(callCosts)
    .where(inArray(callCosts.callId, [...callIds]))
  return new Map(rows.map(({ callId, totalCost, nodes }) => [callId, { totalMicros: numericToMicros(totalCost), nodes }]))
}

/** The most expensive calls of an execution, the most expensive one first. Calls that cost nothing are left out. */
export async function costliestCalls(orm: Orm, executionId: string, position: number, limit: number): Promise<CallCost[]> {
  const rows = await orm
    .select()
    .from(callCosts)
    .where(and(eq(callCosts.executionId, executionId), gt(callCosts.totalCost, '0'), lte(callCosts.position, position)))
    .orderBy(desc(callCosts.totalCost), asc(callCosts.callId))
    .limit(limit)
  return rows.map(({ callId, contactId, durationMs, totalCost }) => {
    return { callId, contactId, durationMs, totalMicros: numericToMicros(totalCost) }
  })
}
