import type { AutoPauseRule } from '@carillon/contracts/program'
import { updateRows } from '@carillon/service-kit/postgres/batch'
import type { Tx } from '@carillon/service-kit/postgres/database'
import { totalOf } from '../domain/contact-counts.ts'
import type { ExecutionState } from '../domain/execution.ts'
import { type StateRow, stateOf, stateValues } from './execution-rows.ts'
import { executions, stateColumns } from './schema.ts'

/*
 * How a lane reads and writes states: all executions of a round at once. It does not read their plans again, which never change.
 */

export interface LockedState {
  state: ExecutionState
  /** Of its organization, as far as billing told. Unknown only for an execution that was launched before balances were kept, and soon asked for. */
  hasCredits: boolean
  autoPauseRules: readonly AutoPauseRule[]
}

/**
 * Reads the states and locks them until the transaction ends: no command runs meanwhile. The order of the ids prevents deadlocks.
 *
 * @param ifRules executions to read too, but only those that have auto-pause rules.
 */
export async function lockStates(tx: Tx, ids: readonly string[], ifRules: readonly string[]): Promise<Map<string, LockedState>> {
  const rows = await tx.sql<({ id: string; hasCredits: boolean; autoPauseRules: AutoPauseRule[] | null } & StateRow)[]>`
    select id, status, revision, pending, queued, calling, pending_retry as "pendingRetry", completed, failed, skipped,
           position, did_cursor as "didCursor", actual_start_at as "actualStartAt", actual_end_at as "actualEndAt", settled,
           node_counters as "nodeCounters", paused_by as "pausedBy", auto_pause_rules as "autoPauseRules",
           coalesce(has_credits, true) as "hasCredits"
    from executions left join balances using (organization_id)
    where id = any(${[...ids]}::uuid[]) or (id = any(${[...ifRules]}::uuid[]) and auto_pause_rules is not null)
    order by id for update of executions`
  return new Map(
    rows.map(({ id, hasCredits, autoPauseRules, ...row }) => [
      id,
      { state: stateOf(row), hasCredits, autoPauseRules: autoPauseRules ?? [] },
    ]),
  )
}

const writtenColumns = ['id', ...keysOf(stateColumns), 'totalContacts', 'updatedAt'] as const

/** Writes the states back. */
export async function writeStates(tx: Tx, states: ReadonlyMap<string, ExecutionState>, nowMs: number): Promise<void> {
  const updatedAt = new Date(nowMs)
  const rows = [...states].map(([id, state]) => ({ id, ...stateValues(state), totalContacts: totalOf(state.counts), updatedAt }))
  await updateRows(tx, executions, rows, { key: ['id'], columns: writtenColumns })
}

function keysOf<T extends object>(columns: T): (keyof T)[] {
  return Object.keys(columns) as (keyof T)[]
}
