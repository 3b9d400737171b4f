import { getTableColumns } from 'drizzle-orm'
import type { Execution, ExecutionPlan, ExecutionState } from '../domain/execution.ts'
import { executions, planColumns, stateColumns } from './schema.ts'

type Columns = ReturnType<typeof getTableColumns<typeof executions>>
type ColumnsOf<Builders extends object> = Pick<Columns, keyof Builders & keyof Columns>

/** The table's columns that these builders made. */
function columnsOf<Builders extends object>(builders: Builders): ColumnsOf<Builders> {
  const entries = Object.entries(getTableColumns(executions)).filter(([name]) => name in builders)
  return Object.fromEntries(entries) as unknown as ColumnsOf<Builders>
}

/** What to select for {@link fromRow}. */
export const executionFields = {
  plan: columnsOf(planColumns),
  state: columnsOf(stateColumns),
  autoPauseRules: executions.autoPauseRules,
  updatedAt: executions.updatedAt,
}
export const planFields = executionFields.plan

type Row = typeof executions.$inferSelect
type PlanRow = Pick<Row, keyof typeof planColumns>
export type StateRow = Pick<Row, keyof typeof stateColumns>

interface ExecutionRow {
  plan: PlanRow
  state: StateRow
  autoPauseRules: Row['autoPauseRules']
  updatedAt: Date
}

export function fromRow({ plan, state, autoPauseRules, updatedAt }: ExecutionRow): Execution {
  return { plan: planOf(plan), state: stateOf(state), autoPauseRules, updatedAtMs: updatedAt.getTime() }
}

export function planOf({ scheduledStartAt, scheduledStopAt, createdAt, ...plan }: PlanRow): ExecutionPlan {
  return {
    ...plan,
    scheduledStartAtMs: scheduledStartAt.getTime(),
    scheduledStopAtMs: scheduledStopAt?.getTime() ?? null,
    createdAtMs: createdAt.getTime(),
  }
}

export function planValues({ scheduledStartAtMs, scheduledStopAtMs, createdAtMs, ...plan }: ExecutionPlan): PlanRow {
  return {
    ...plan,
    scheduledStartAt: new Date(scheduledStartAtMs),
    scheduledStopAt: dateOf(scheduledStopAtMs),
    createdAt: new Date(createdAtMs),
  }
}

export function stateOf(row: StateRow): ExecutionState {
  const { pending, queued, calling, pendingRetry, completed, failed, skipped, actualStartAt, actualEndAt, ...state } = row
  return {
    ...state,
    counts: { pending, queued, calling, pendingRetry, completed, failed, skipped },
    actualStartAtMs: actualStartAt?.getTime() ?? null,
    actualEndAtMs: actualEndAt?.getTime() ?? null,
  }
}

export function stateValues({ counts, actualStartAtMs, actualEndAtMs, ...state }: ExecutionState): StateRow {
  return { ...state, ...counts, actualStartAt: dateOf(actualStartAtMs), actualEndAt: dateOf(actualEndAtMs) }
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
