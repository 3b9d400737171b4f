import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { eq } from 'drizzle-orm'
import type { ExecutionBilling, NodeTypeBilling } from '../../domain/billing.ts'
import { executionBilling, nodeTypeBilling } from './schema.ts'

/** Adds to the cost of executions. */
export async function addExecutionBilling(tx: Tx, added: readonly ExecutionBilling[]): Promise<void> {
  const rows = added.map(({ totalMicros, ...row }) => ({ ...row, totalCost: microsToNumeric(totalMicros) }))
  await insertRows(tx, executionBilling, rows, { onConflict: { key: ['executionId'], add: ['totalCost', 'billableCalls'] } })
}

/** Adds to the cost of node types. */
export async function addNodeTypeBilling(tx: Tx, added: readonly NodeTypeBilling[]): Promise<void> {
  const rows = added.map(({ totalMicros, ...row }) => ({ ...row, totalCost: microsToNumeric(totalMicros) }))
  const { stored, excluded } = { stored: 'stored.total_duration_ms', excluded: 'excluded.total_duration_ms' }
  await insertRows(tx, nodeTypeBilling, rows, {
    onConflict: {
      key: ['executionId', 'nodeType'],
      add: ['totalCost', 'executions'],
      // Null as long as no node of the type has a duration.
      set: { totalDurationMs: `coalesce(${stored} + ${excluded}, ${stored}, ${excluded})` },
    },
  })
}

/** What an execution has cost so far: zero if no call of it was rated. */
export async function billingOf(orm: Orm, executionId: string): Promise<ExecutionBilling> {
  const [row] = await orm.select().from(executionBilling).where(eq(executionBilling.executionId, executionId))
  return { executionId, totalMicros: numericToMicros(row?.totalCost ?? '0'), billableCalls: row?.billableCalls ?? 0 }
}

export async function nodeTypeBillingOf(orm: Orm, executionId: string): Promise<NodeTypeBilling[]> {
  const rows = await orm.select().from(nodeTypeBilling).where(eq(nodeTypeBilling.executionId, executionId))
  return rows.map(({ totalCost, ...row }) => ({ ...row, totalMicros: numericToMicros(totalCost) }))
}
