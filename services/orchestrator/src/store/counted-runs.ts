import { terminalStatuses } from '@carillon/contracts/execution'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import type { NodeRun } from '../domain/node-counters.ts'
import { countedRuns } from './schema.ts'

/** Rows that one statement deletes at most, and statements of one run at most; the next run goes on. */
const deletedRows = 5_000
const deletedBatches = 40

/** Notes runs as counted. Returns those that were not counted before, each once, in their order. All belong to executions. */
export async function noteRuns(tx: Tx, runs: readonly NodeRun[]): Promise<NodeRun[]> {
  if (runs.length === 0) return []
  const rows = runs.flatMap(({ data: { executionId, callId, seq } }) => (executionId === null ? [] : [{ executionId, callId, seq }]))
  const written = await insertRows(tx, countedRuns, rows, { onConflict: 'skip', returning: ['callId', 'seq'] })
  const fresh = new Set(written.map(({ callId, seq }) => `${callId}:${seq}`))
  return runs.filter(({ data: { callId, seq } }) => fresh.delete(`${callId.toLowerCase()}:${seq}`))
}

/** Deletes the runs of executions that have ended, in short statements. Safe to run on several replicas at once, and to stop anywhere. */
export async function sweepCountedRuns({ sql }: Database): Promise<void> {
  // One look into the index for each execution, however many runs it has.
  const ended = await sql<{ id: string }[]>`
    with recursive counted (id) as (
      (select execution_id from counted_runs order by execution_id limit 1)
      union all
      select (select execution_id from counted_runs where execution_id > counted.id order by execution_id limit 1) from counted where id is not null
    )
    select executions.id from counted join executions using (id) where status = any(${[...terminalStatuses]}::text[])`
  let batches = 0
  for (const { id } of ended) {
    for (let count = deletedRows; count === deletedRows; batches++) {
      if (batches === deletedBatches) return
      const deleted = await sql`
        delete from counted_runs where (execution_id, call_id, seq) in (
          select execution_id, call_id, seq from counted_runs where execution_id = ${id} limit ${deletedRows})`
      count = deleted.count
    }
  }
}
