import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { asc, eq, sql } from 'drizzle-orm'
import type { DigitBreakdown, DigitStats, NodeStats } from '../../domain/node-stats.ts'
import { nodeStats } from './schema.ts'

/** Inputs that a report lists for a node, at most: one that asks for an account number gets a different one from every caller. */
const listedInputs = 1_000

/** Adds counts to those stored. */
export async function addNodeStats(tx: Tx, added: readonly NodeStats[]): Promise<void> {
  if (added.length === 0) return
  await tx.sql`
    insert into node_stats as stats (execution_id, node_id, node_type, node_label, unique_calls, total_executions)
    select * from unnest(
      ${added.map((row) => row.executionId)}::uuid[],
      ${added.map((row) => row.nodeId)}::text[],
      ${added.map((row) => row.nodeType)}::text[],
      ${added.map((row) => row.nodeLabel)}::text[],
      ${added.map((row) => row.uniqueCalls)}::bigint[],
      ${added.map((row) => row.totalExecutions)}::bigint[])
    on conflict (execution_id, node_id) do update set
      unique_calls = stats.unique_calls + excluded.unique_calls, total_executions = stats.total_executions + excluded.total_executions`
}

/** Adds counts to those stored. */
export async function addDigitStats(tx: Tx, added: readonly DigitStats[]): Promise<void> {
  if (added.length === 0) return
  await tx.sql`
    insert into digit_stats as stats (execution_id, node_id, digits, executions)
    select * from unnest(
      ${added.map((row) => row.executionId)}::uuid[],
      ${added.map((row) => row.nodeId)}::text[],
      ${added.map((row) => row.digits)}::text[],
      ${added.map((row) => row.executions)}::bigint[])
    on conflict (execution_id, node_id, digits) do update set executions = stats.executions + excluded.executions`
}

/** The nodes that calls of an execution have run, by id. */
export async function nodeStatsOf(orm: Orm, executionId: string): Promise<NodeStats[]> {
  return orm.select().from(nodeStats).where(eq(nodeStats.executionId, executionId)).orderBy(asc(nodeStats.nodeId))
}

/** What callers pressed at each node of an execution, the most frequent inputs first. */
export async function digitBreakdownsOf(orm: Orm, executionId: string): Promise<Map<string, DigitBreakdown>> {
  const rows = await orm.execute<{ nodeId: string; total: number; inputs: DigitBreakdown['inputs'] }>(sql`
    select node_id as "nodeId", max(total) as total,
           json_agg(json_build_object('digits', digits, 'executions', executions) order by place) as inputs
    from (
      select node_id, digits, executions,
             sum(executions) over (partition by node_id)::bigint as total,
             row_number() over (partition by node_id order by executions desc, digits) as place
      from digit_stats where execution_id = ${executionId}
    ) ranked
    where place <= ${listedInputs}
    group by node_id`)
  return new Map(rows.map(({ nodeId, total, inputs }) => [nodeId, { total, inputs }]))
}
