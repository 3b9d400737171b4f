import type { ExecutionStatus } from '@carillon/contracts/execution'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ExecutionState } from '../domain/execution.ts'

/*
 * The lane's reading and writing of states: with every batch of events, for all executions that it concerns at once. What the launch
 * fixed is not read again.
 */

interface Row {
  id: string
  status: ExecutionStatus
  revision: number
  pending: number
  queued: number
  calling: number
  pending_retry: number
  completed: number
  failed: number
  skipped: number
  did_cursor: number
  actual_start_at: Date | null
  actual_end_at: Date | null
  settled: boolean
}

/** Reads the states and keeps commands out until the transaction ends. Locked in the order of their ids, so that no two wait for each other. */
export async function lockStates(tx: Tx, ids: readonly string[]): Promise<Map<string, ExecutionState>> {
  const rows = await tx.sql<Row[]>`
    select id, status, revision, pending, queued, calling, pending_retry, completed, failed, skipped,
           did_cursor, actual_start_at, actual_end_at, settled
    from executions where id = any(${[...ids]}::uuid[]) order by id for update`
  return new Map(rows.map((row) => [row.id, toState(row)]))
}

/** Writes the states back. */
export async function writeStates(tx: Tx, states: ReadonlyMap<string, ExecutionState>, nowMs: number): Promise<void> {
  if (states.size === 0) return
  const ids = [...states.keys()]
  const all = [...states.values()]
  await tx.sql`
    update executions as e
    set status = s.status, revision = s.revision, pending = s.pending, queued = s.queued, calling = s.calling,
        pending_retry = s.pending_retry, completed = s.completed, failed = s.failed, skipped = s.skipped,
        did_cursor = s.did_cursor, actual_start_at = s.actual_start_at, actual_end_at = s.actual_end_at,
        settled = s.settled = 1, updated_at = ${new Date(nowMs)}
    from unnest(
      ${ids}::uuid[], ${all.map((state) => state.status)}::text[], ${all.map((state) => state.revision)}::integer[],
      ${all.map((state) => state.counts.pending)}::integer[], ${all.map((state) => state.counts.queued)}::integer[],
      ${all.map((state) => state.counts.calling)}::integer[], ${all.map((state) => state.counts.pendingRetry)}::integer[],
      ${all.map((state) => state.counts.completed)}::integer[], ${all.map((state) => state.counts.failed)}::integer[],
      ${all.map((state) => state.counts.skipped)}::integer[], ${all.map((state) => state.didCursor)}::integer[],
      ${all.map((state) => state.actualStartAtMs)}::timestamptz[], ${all.map((state) => state.actualEndAtMs)}::timestamptz[],
      ${all.map((state) => (state.settled ? 1 : 0))}::integer[]
    ) as s (id, status, revision, pending, queued, calling, pending_retry, completed, failed, skipped, did_cursor,
            actual_start_at, actual_end_at, settled)
    where e.id = s.id`
}

function toState(row: Row): ExecutionState {
  return {
    status: row.status,
    revision: row.revision,
    counts: {
      pending: row.pending,
      queued: row.queued,
      calling: row.calling,
      pendingRetry: row.pending_retry,
      completed: row.completed,
      failed: row.failed,
      skipped: row.skipped,
    },
    didCursor: row.did_cursor,
    actualStartAtMs: row.actual_start_at?.getTime() ?? null,
    actualEndAtMs: row.actual_end_at?.getTime() ?? null,
    settled: row.settled,
  }
}
