import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { asc, eq, sql } from 'drizzle-orm'
import type { DigitBreakdown, DigitStats, NodeStats } from '../../domain/node-stats.ts'
import { digitStats, nodeStats } from './schema.ts'

/** Inputs that a report lists for a node, at most. A node that asks for an account number gets a different input from every caller. */
const listedInputs = 1_000

/** Adds counts to the stored ones. */
export async function addNodeStats(tx: Tx, added: readonly NodeStats[]): Promise<void> {
  await insertRows(tx, nodeStats, added, { onConflict: { key: ['executionId', 'nodeId'], add: ['uniqueCalls', 'totalExecutions'] } })
}

/** Adds counts to the stored ones. */
export async function addDigitStats(tx: Tx, added: readonly DigitStats[]): Promise<void> {
  await insertRows(tx, digitStats, added, { onConflict: { key: ['executionId', 'nodeId', 'digits'], add: ['executions'] } })
}

/** The nodes that calls of an execution have run, by id. */
export async function nodeStatsOf(orm: Orm, executionId: string): Promise<NodeStats[]> {
  return orm.select().from(nodeStats).where(eq(nodeStats.executionId, executionId)).orderBy(asc(nodeStats.nodeId))
}

/** What callers pressed at each node of an execution. The most frequent inputs come first. */
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
