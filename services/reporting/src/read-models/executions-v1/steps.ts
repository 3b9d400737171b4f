import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, desc, eq, gt, isNotNull, lte } from 'drizzle-orm'
import type { Happened } from '../../domain/cut.ts'
import { type ContactsAt, type ExecutionProgress, type ExecutionStep, progressAt } from '../../domain/execution.ts'
import { executionSteps, executions } from './schema.ts'

/** Stores what events say. One that is stored already stays as it is. */
export async function addSteps(tx: Tx, steps: readonly ExecutionStep[]): Promise<void> {
  const rows = steps.map(({ atMs, contacts, ...step }) => ({ ...step, at: new Date(atMs), steps: JSON.stringify(contacts) }))
  await insertRows(tx, executionSteps, rows, { onConflict: 'skip' })
}

const newestFirst = [desc(executionSteps.position), desc(executionSteps.revision)]
const oldestFirst = [asc(executionSteps.position), asc(executionSteps.revision)]

/** How far the orchestrator had read the execution's calls when it last told of it; undefined if its events do not say so. */
export async function reached(orm: Orm, executionId: string): Promise<number | undefined> {
  const [row] = await orm
    .select({ position: executionSteps.position, hasPositions: executions.hasPositions })
    .from(executionSteps)
    .innerJoin(executions, eq(executions.executionId, executionSteps.executionId))
    .where(eq(executionSteps.executionId, executionId))
    .orderBy(...newestFirst)
    .limit(1)
  return row?.hasPositions ? row.position : undefined
}

/** What the orchestrator told first beyond a position. */
export async function firstAfter(orm: Orm, executionId: string, position: number): Promise<Happened | undefined> {
  const row = await nextStep(orm, executionId, position)
  return row && { position: row.position, atMs: row.at.getTime() }
}

/** With an instant: of what does not follow a call, only what had happened by then. */
export async function progressOf(orm: Orm, executionId: string, position: number, atMs?: number): Promise<ExecutionProgress> {
  const upTo = and(eq(executionSteps.executionId, executionId), lte(executionSteps.position, position))
  const [last] = await orm
    .select()
    .from(executionSteps)
    .where(upTo)
    .orderBy(...newestFirst)
    .limit(1)
  const earlier = atMs === undefined || !last || last.at.getTime() <= atMs ? [] : await stepsBefore(orm, last, atMs)
  const next = await nextStep(orm, executionId, position)
  const withStatus = await orm
    .select()
    .from(executionSteps)
    .where(and(upTo, isNotNull(executionSteps.status)))
  const rows = new Map([...withStatus, ...earlier, last, next].flatMap((row) => (row ? [[row.revision, row]] : [])))
  return progressAt([...rows.values()].map(stepOfRow), position, atMs)
}

/** For an instant before that of the last step: the last one by then, and the first at the last one's position, which is what a call's event did there. */
async function stepsBefore(orm: Orm, { executionId, position }: typeof executionSteps.$inferSelect, atMs: number) {
  const own = eq(executionSteps.executionId, executionId)
  const byThen = await orm
    .select()
    .from(executionSteps)
    .where(and(own, lte(executionSteps.position, position), lte(executionSteps.at, new Date(atMs))))
    .orderBy(...newestFirst)
    .limit(1)
  const first = await orm
    .select()
    .from(executionSteps)
    .where(and(own, eq(executionSteps.position, position)))
    .orderBy(...oldestFirst)
    .limit(1)
  return [...byThen, ...first]
}

function stepOfRow({ at, steps, ...row }: typeof executionSteps.$inferSelect): ExecutionStep {
  return { ...row, atMs: at.getTime(), contacts: JSON.parse(steps) as ContactsAt[] }
}

async function nextStep(orm: Orm, executionId: string, position: number) {
  const [row] = await orm
    .select()
    .from(executionSteps)
    .where(and(eq(executionSteps.executionId, executionId), gt(executionSteps.position, position)))
    .orderBy(...oldestFirst)
    .limit(1)
  return row
}
