import { terminalStatuses } from '@carillon/contracts/execution'
import { type Database, isUniqueViolation, type Orm, type Tx } from '@carillon/service-kit/postgres/database'
import { and, desc, eq, notInArray } from 'drizzle-orm'
import type { Execution, ExecutionPlan, ExecutionState } from '../domain/execution.ts'
import { executionAlreadyRunning } from '../domain/launch.ts'
import { executions } from './schema.ts'

type Row = typeof executions.$inferSelect

/** Writes a launch. Throws an `ExecutionAlreadyRunningError` if the program has a live execution. */
export async function insertExecution(tx: Tx, { plan, ...execution }: Execution): Promise<void> {
  try {
    await tx.orm.insert(executions).values({ ...planValues(plan), ...stateValues(execution) })
  } catch (error) {
    throw isUniqueViolation(error, 'executions_one_live_per_program') ? executionAlreadyRunning() : error
  }
}

/** Sets how many contacts were copied at launch. */
export async function setTotalContacts(tx: Tx, id: string, totalContacts: number): Promise<void> {
  await tx.orm.update(executions).set({ totalContacts, pending: totalContacts }).where(eq(executions.id, id))
}

/** Reads an organization's execution for a command, and locks it until the transaction ends. */
export async function lockExecution(tx: Tx, organizationId: string, id: string): Promise<Execution | undefined> {
  const [row] = await tx.orm
    .select()
    .from(executions)
    .where(and(eq(executions.organizationId, organizationId), eq(executions.id, id)))
    .for('update')
  return row && fromRow(row)
}

/** Writes an execution that a command changed. */
export async function updateExecution(tx: Tx, { plan, ...execution }: Execution): Promise<void> {
  await tx.orm.update(executions).set(stateValues(execution)).where(eq(executions.id, plan.id))
}

export async function findExecution(orm: Orm, organizationId: string, id: string): Promise<Execution | undefined> {
  const [row] = await orm
    .select()
    .from(executions)
    .where(and(eq(executions.organizationId, organizationId), eq(executions.id, id)))
  return row && fromRow(row)
}

/** All executions of a program, the latest launch first. */
export async function listProgramExecutions(orm: Orm, organizationId: string, programId: string): Promise<Execution[]> {
  const rows = await orm
    .select()
    .from(executions)
    .where(and(eq(executions.organizationId, organizationId), eq(executions.programId, programId)))
    .orderBy(desc(executions.id))
  return rows.map(fromRow)
}

/** The executions of an organization that have not ended, the latest launch first. */
export async function listActiveExecutions(orm: Orm, organizationId: string): Promise<Execution[]> {
  const rows = await orm
    .select()
    .from(executions)
    .where(and(eq(executions.organizationId, organizationId), notInArray(executions.status, [...terminalStatuses])))
    .orderBy(desc(executions.id))
  return rows.map(fromRow)
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
    const [row] = await orm.select().from(executions).where(eq(executions.id, id))
    if (row) plans.push(fromRow(row).plan)
  }
  return plans
}

function fromRow(row: Row): Execution {
  return { plan: planOf(row), state: stateOf(row), autoPauseRules: row.autoPauseRules, updatedAtMs: row.updatedAt.getTime() }
}

function planOf(row: Row): ExecutionPlan {
  const { scheduledStartAt, scheduledStopAt, createdAt } = row
  return {
    id: row.id,
    organizationId: row.organizationId,
    programId: row.programId,
    programName: row.programName,
    audienceId: row.audienceId,
    flowId: row.flowId,
    flowVersion: row.flowVersion,
    flowName: row.flowName,
    nodes: row.nodes,
    dids: row.dids,
    retryStrategy: row.retryStrategy,
    pauseWindows: row.pauseWindows,
    callingHours: row.callingHours,
    timezone: row.timezone,
    maxConcurrentCalls: row.maxConcurrentCalls,
    callsPerSecond: row.callsPerSecond,
    amd: row.amd,
    lane: row.lane,
    scheduledStartAtMs: scheduledStartAt.getTime(),
    scheduledStopAtMs: scheduledStopAt?.getTime() ?? null,
    totalContacts: row.totalContacts,
    createdAtMs: createdAt.getTime(),
  }
}

function stateOf(row: Row): ExecutionState {
  const { pending, queued, calling, pendingRetry, completed, failed, skipped } = row
  return {
    status: row.status,
    revision: row.revision,
    counts: { pending, queued, calling, pendingRetry, completed, failed, skipped },
    didCursor: row.didCursor,
    actualStartAtMs: row.actualStartAt?.getTime() ?? null,
    actualEndAtMs: row.actualEndAt?.getTime() ?? null,
    settled: row.settled,
  }
}

function planValues({ scheduledStartAtMs, scheduledStopAtMs, createdAtMs, ...plan }: ExecutionPlan) {
  return {
    ...plan,
    scheduledStartAt: new Date(scheduledStartAtMs),
    scheduledStopAt: scheduledStopAtMs === null ? null : new Date(scheduledStopAtMs),
    createdAt: new Date(createdAtMs),
  }
}

function stateValues({ state, autoPauseRules, updatedAtMs }: Omit<Execution, 'plan'>) {
  const { counts, actualStartAtMs, actualEndAtMs, ...rest } = state
  return {
    ...rest,
    ...counts,
    autoPauseRules,
    actualStartAt: actualStartAtMs === null ? null : new Date(actualStartAtMs),
    actualEndAt: actualEndAtMs === null ? null : new Date(actualEndAtMs),
    updatedAt: new Date(updatedAtMs),
  }
}
