import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { eq } from 'drizzle-orm'
import type { ExecutionBilling, NodeTypeBilling } from '../../domain/billing.ts'
import { executionBilling, nodeTypeBilling } from './schema.ts'

/** Adds to what executions have cost. */
export async function addExecutionBilling(tx: Tx, added: readonly ExecutionBilling[]): Promise<void> {
  if (added.length === 0) return
  await tx.sql`
    insert into execution_billing as billing (execution_id, total_cost, billable_calls)
    select * from unnest(
      ${added.map((row) => row.executionId)}::uuid[],
      ${added.map((row) => microsToNumeric(row.totalMicros))}::numeric[],
      ${added.map((row) => row.billableCalls)}::bigint[])
    on conflict (execution_id) do update set
      total_cost = billing.total_cost + excluded.total_cost, billable_calls = billing.billable_calls + excluded.billable_calls`
}

/** Adds to what node types have cost. */
export async function addNodeTypeBilling(tx: Tx, added: readonly NodeTypeBilling[]): Promise<void> {
  if (added.length === 0) return
  await tx.sql`
    insert into node_type_billing as billing (execution_id, node_type, total_cost, executions, total_duration_ms)
    select * from unnest(
      ${added.map((row) => row.executionId)}::uuid[],
      ${added.map((row) => row.nodeType)}::text[],
      ${added.map((row) => microsToNumeric(row.totalMicros))}::numeric[],
      ${added.map((row) => row.executions)}::bigint[],
      ${added.map((row) => row.totalDurationMs)}::bigint[])
    on conflict (execution_id, node_type) do update set
      total_cost = billing.total_cost + excluded.total_cost, executions = billing.executions + excluded.executions,
      total_duration_ms = coalesce(billing.total_duration_ms + excluded.total_duration_ms, billing.total_duration_ms, excluded.total_duration_ms)`
}

/** What an execution has cost so far; nothing where no call of it was rated. */
export async function billingOf(orm: Orm, executionId: string): Promise<ExecutionBilling> {
  const [row] = await orm.select().from(executionBilling).where(eq(executionBilling.executionId, executionId))
  return { executionId, totalMicros: numericToMicros(row?.totalCost ?? '0'), billableCalls: row?.billableCalls ?? 0 }
}

export async function nodeTypeBillingOf(orm: Orm, executionId: string): Promise<NodeTypeBilling[]> {
  const rows = await orm.select().from(nodeTypeBilling).where(eq(nodeTypeBilling.executionId, executionId))
  return rows.map(({ totalCost, ...row }) => ({ ...row, totalMicros: numericToMicros(totalCost) }))
}
