import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, inArray } from 'drizzle-orm'
import type { Execution, ExecutionProgress, Launch } from '../../domain/execution.ts'
import { executionProgress, executions } from './schema.ts'

/** Stores launches. One that is stored already stays as it is: a launch never changes. */
export async function addLaunches(tx: Tx, launches: readonly Launch[]): Promise<void> {
  const rows = launches.map(({ scheduledStartAtMs, scheduledStopAtMs, launchedAtMs, ...launch }) => ({
    ...launch,
    scheduledStartAt: new Date(scheduledStartAtMs),
    scheduledStopAt: dateOrNull(scheduledStopAtMs),
    launchedAt: new Date(launchedAtMs),
  }))
  await insertRows(tx, executions, rows, { onConflict: { key: ['executionId'] } })
}

export async function loadProgress(tx: Tx, executionIds: readonly string[]): Promise<Map<string, ExecutionProgress>> {
  const rows = await tx.orm
    .select()
    .from(executionProgress)
    .where(inArray(executionProgress.executionId, [...executionIds]))
  return new Map(rows.map((row) => [row.executionId, progressOfRow(row)]))
}

export async function saveProgress(tx: Tx, batch: readonly ExecutionProgress[]): Promise<void> {
  const rows = batch.map(({ actualStartAtMs, actualEndAtMs, ...progress }) => {
    return { ...progress, actualStartAt: dateOrNull(actualStartAtMs), actualEndAt: dateOrNull(actualEndAtMs) }
  })
  const replace = ['status', 'statusRevision', 'counts', 'countsRevision', 'actualStartAt', 'actualEndAt'] as const
  await insertRows(tx, executionProgress, rows, { onConflict: { key: ['executionId'], replace } })
}

/** An execution of the organization, or undefined if it has none with that id. */
export async function findExecution(orm: Orm, organizationId: string, executionId: string): Promise<Execution | undefined> {
  const [row] = await orm
    .select({ launch: executions, progress: executionProgress })
    .from(executions)
    .innerJoin(executionProgress, eq(executionProgress.executionId, executions.executionId))
    .where(and(eq(executions.executionId, executionId), eq(executions.organizationId, organizationId)))
  if (!row) return undefined
  const progress = progressOfRow(row.progress)
  const { status } = progress
  if (status === null) throw new Error(`execution ${executionId} has a launch but no status`)
  return { launch: launchOfRow(row.launch), progress: { ...progress, status } }
}

function launchOfRow({ scheduledStartAt, scheduledStopAt, launchedAt, ...row }: typeof executions.$inferSelect): Launch {
  return {
    ...row,
    scheduledStartAtMs: scheduledStartAt.getTime(),
    scheduledStopAtMs: scheduledStopAt?.getTime() ?? null,
    launchedAtMs: launchedAt.getTime(),
  }
}

function progressOfRow({ actualStartAt, actualEndAt, ...row }: typeof executionProgress.$inferSelect): ExecutionProgress {
  return { ...row, actualStartAtMs: actualStartAt?.getTime() ?? null, actualEndAtMs: actualEndAt?.getTime() ?? null }
}

function dateOrNull(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs)
}
