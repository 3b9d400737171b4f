import type { Database, Orm } from '@carillon/service-kit/postgres/database'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { PostgresJsSession } from 'drizzle-orm/postgres-js'
import type { Sql } from 'postgres'

interface PlanNode {
  'Node Type': string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: PlanNode[]
}

export interface ExplainedStatement {
  text: string
  /** Rows and index entries that the statement looked at, in both kinds of plan: one for these parameters, and one for any. */
  rowsRead: number
  plan: PlanNode
}

/** Runs `read`, and explains each statement that it sends. The statements go through the service's own connections, with their settings. */
export async function explained(database: Database, read: (orm: Orm) => Promise<unknown>): Promise<ExplainedStatement[]> {
  const statements: { text: string; parameters: unknown[] }[] = []
  const dialect = new PgDialect()
  const logger = { logQuery: (text: string, parameters: unknown[]) => void statements.push({ text, parameters }) }
  await read(new PgDatabase(dialect, new PostgresJsSession(database.sql as unknown as Sql, dialect, undefined, { logger }), undefined))
  const found: ExplainedStatement[] = []
  for (const { text, parameters } of statements) {
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      const plan = await database.transaction(async ({ sql }) => {
        await sql.unsafe(`set local plan_cache_mode = ${mode}`)
        const rows = await sql.unsafe<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(
          `explain (analyze, format json) ${text}`,
          parameters as never[],
        )
        return rows[0]?.['QUERY PLAN'][0]?.Plan
      })
      if (plan === undefined) throw new Error(`no plan for ${text}`)
      found.push({ text, rowsRead: rowsReadIn(plan), plan })
    }
  }
  return found
}

function rowsReadIn(node: PlanNode): number {
  const below = (node.Plans ?? []).reduce((sum, plan) => sum + rowsReadIn(plan), 0)
  if (!/^(Seq|Index|Index Only|Bitmap Index|Bitmap Heap) Scan$/.test(node['Node Type'])) return below
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return below + (node['Actual Rows'] + removed) * node['Actual Loops']
}
