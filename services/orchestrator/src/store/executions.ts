import { terminalStatuses } from '@carillon/contracts/execution'
import { type Database, isUniqueViolation, type Orm, type Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { totalOf } from '../domain/contact-counts.ts'
import type { Execution, ExecutionPlan } from '../domain/execution.ts'
import { executionAlreadyRunning } from '../domain/launch.ts'
import { executionFields, fromRow, planFields, planOf, planValues, stateValues } from './execution-rows.ts'
import { executions } from './schema.ts'

/** Writes a launch. Throws an `ExecutionAlreadyRunningError` if an execution of the program in this mode has not ended. */
export async function insertExecution(tx: Tx, execution: Execution): Promise<void> {
  try {
    await tx.orm.insert(executions).values({ ...planValues(execution.plan), ...changingValues(execution) })
  } catch (error) {
    throw isUniqueViolation(error, 'executions_one_live_per_program') ? executionAlreadyRunning() : error
  }
}

/** Reads an organization's execution for a command, and locks it until the transaction ends. */
export async function lockExecution(tx: Tx, organizationId: string, id: string): Promise<Execution | undefined> {
  const [row] = await tx.orm
    .select(executionFields)
    .from(executions)
    .where(and(eq(executions.organizationId, organizationId), eq(executions.id, id)))
    .for('update')
  return row && fromRow(row)
}

/** Writes an execution that a command changed: its state, its settings, and the zones and number of its contacts. */
export async function updateExecution(tx: Tx, execution: Execution): Promise<void> {
  const { maxConcurrentCalls, callsPerSecond, scheduledStopAt, zones } = planValues(execution.plan)
  const settings = { maxConcurrentCalls, callsPerSecond, scheduledStopAt, zones }
  await tx.orm
    .update(executions)
    .set({ ...changingValues(execution), ...settings, totalContacts: totalOf(execution.state.counts) })
    .where(eq(executions.id, execution.plan.id))
}

export async function findExecution(orm: Orm, organizationId: string, id: string): Promise<Execution | undefined> {
  const [row] = await orm
    .select(executionFields)
    .from(executions)
    .where(and(eq(executions.organizationId, organizationId), eq(executions.id, id)))
  return row && fromRow(row)
}

/** Whose executions a list holds, and of which mode. */
export interface Listed {
  organizationId: string
  isTest: boolean
}

export const executionOrder = newestFirst<Execution>([executions.id], ({ plan }) => [plan.id])

/** All executions of a program. */
export async function listProgramExecutions(orm: Orm, listed: Listed, programId: string, slice: Slice): Promise<Execution[]> {
  return listExecutions(orm, and(isListed(listed), eq(executions.programId, programId)), slice)
}

// Written out, because the index has the same condition: it would not be used for parameters.
const isActive = sql.raw(`status not in (${terminalStatuses.map((status) => `'${status}'`).join(', ')})`)

/** The executions of an organization that have not ended. */
export async function listActiveExecutions(orm: Orm, listed: Listed, slice: Slice): Promise<Execution[]> {
  return listExecutions(orm, and(isListed(listed), isActive), slice)
}

async function listExecutions(orm: Orm, which: SQL | undefined, slice: Slice): Promise<Execution[]> {
  const rows = await orm
    .select(executionFields)
    .from(executions)
    .where(and(which, slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  return rows.map(fromRow)
}

/** Whether the program was ever launched, in either mode. */
export async function wasLaunched(orm: Orm, organizationId: string, programId: string): Promise<boolean> {
  const rows = await orm
    .select({ id: executions.id })
    .from(executions)
    .where(and(eq(executions.organizationId, organizationId), eq(executions.programId, programId)))
    .limit(1)
  return rows.length > 0
}

function isListed({ organizationId, isTest }: Listed) {
  return and(eq(executions.organizationId, organizationId), eq(executions.isTest, isTest))
}

export interface UnsettledExecution {
  id: string
  lane: number
  revision: number
}

/** Every execution that a lane still has work with. */
export async function listUnsettled(database: Database): Promise<UnsettledExecution[]> {
  const rows = await database.sql<UnsettledExecution[]>`select id, lane, revision from executions where not settled`
  return [...rows]
}

/** The plans of these executions, as far as they exist. */
export async function readPlans(orm: Orm, ids: readonly string[]): Promise<ExecutionPlan[]> {
  const plans: ExecutionPlan[] = []
  for (const id of ids) {
    const [row] = await orm.select(planFields).from(executions).where(eq(executions.id, id))
    if (row) plans.push(planOf(row))
  }
  return plans
}

function changingValues({ state, autoPauseRules, updatedAtMs }: Execution) {
  return { ...stateValues(state), autoPauseRules, updatedAt: new Date(updatedAtMs) }
}
