import type { CallRated } from '@carillon/contracts/billing-events'
import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm'
import type { CallCost } from '../../domain/billing.ts'
import { callCosts } from './schema.ts'

/** Keeps ratings and returns the ids of the calls that had none before: a call is rated once. */
export async function addRatings(tx: Tx, ratings: readonly CallRated[]): Promise<Set<string>> {
  if (ratings.length === 0) return new Set()
  const rows = await tx.sql<{ call_id: string }[]>`
    insert into call_costs (call_id, organization_id, execution_id, contact_id, duration_ms, total_cost, nodes)
    select call_id, organization_id, execution_id, contact_id, duration_ms, total_cost, nodes::json
    from unnest(
      ${ratings.map(({ data }) => data.callId)}::uuid[],
      ${ratings.map(({ organizationId }) => organizationId)}::uuid[],
      ${ratings.map(({ data }) => data.executionId)}::uuid[],
      ${ratings.map(({ data }) => data.contactId)}::uuid[],
      ${ratings.map(({ data }) => data.durationMs)}::bigint[],
      ${ratings.map(({ data }) => microsToNumeric(BigInt(data.totalCostMicros)))}::numeric[],
      ${ratings.map(({ data }) => JSON.stringify(data.nodes))}::text[]
    ) as rating (call_id, organization_id, execution_id, contact_id, duration_ms, total_cost, nodes)
    on conflict (call_id) do nothing
    returning call_id`
  return new Set(rows.map((row) => row.call_id))
}

/** What calls cost, in micro-credits, by call id; calls that are not rated are left out. */
export async function costsOfCalls(orm: Orm, callIds: readonly string[]): Promise<Map<string, bigint>> {
  if (callIds.length === 0) return new Map()
  const rows = await orm
    .select({ callId: callCosts.callId, totalCost: callCosts.totalCost })
    .from(callCosts)
    .where(inArray(callCosts.callId, [...callIds]))
  return new Map(rows.map((row) => [row.callId, numericToMicros(row.totalCost)]))
}

/** The most expensive calls of an execution, the first of them first; calls that cost nothing are none. */
export async function costliestCalls(orm: Orm, executionId: string, limit: number): Promise<CallCost[]> {
  const rows = await orm
    .select()
    .from(callCosts)
    .where(and(eq(callCosts.executionId, executionId), gt(callCosts.totalCost, '0')))
    .orderBy(desc(callCosts.totalCost), asc(callCosts.callId))
    .limit(limit)
  return rows.map(({ callId, contactId, durationMs, totalCost }) => {
    return { callId, contactId, durationMs, totalMicros: numericToMicros(totalCost) }
  })
}
