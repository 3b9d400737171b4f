import { toIso } from '@carillon/service-kit/domain/instant'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, inArray } from 'drizzle-orm'
import type { Execution, ExecutionProgress, Launch } from '../../domain/execution.ts'
import { executionProgress, executions } from './schema.ts'

/** Stores launches. One that is stored already stays as it is: a launch never changes. */
export async function addLaunches(tx: Tx, launches: readonly Launch[]): Promise<void> {
  if (launches.length === 0) return
  const rows = launches.map(({ scheduledStartAtMs, scheduledStopAtMs, launchedAtMs, ...launch }) => ({
    ...launch,
    scheduledStartAt: new Date(scheduledStartAtMs),
    scheduledStopAt: scheduledStopAtMs === null ? null : new Date(scheduledStopAtMs),
    launchedAt: new Date(launchedAtMs),
  }))
  await tx.orm.insert(executions).values(rows).onConflictDoNothing()
}

export async function loadProgress(tx: Tx, executionIds: readonly string[]): Promise<Map<string, ExecutionProgress>> {
  const rows = await tx.orm
    .select()
    .from(executionProgress)
    .where(inArray(executionProgress.executionId, [...executionIds]))
  return new Map(rows.map((row) => [row.executionId, progressOfRow(row)]))
}

export async function saveProgress(tx: Tx, batch: readonly ExecutionProgress[]): Promise<void> {
  if (batch.length === 0) return
  const isoOrNull = (epochMs: number | null) => (epochMs === null ? null : toIso(epochMs))
  await tx.sql`
    insert into execution_progress (execution_id, status, status_revision, counts, counts_revision, actual_start_at, actual_end_at)
    select execution_id, status, status_revision, counts::jsonb, counts_revision, actual_start_at, actual_end_at
    from unnest(
      ${batch.map((row) => row.executionId)}::uuid[],
      ${batch.map((row) => row.status)}::text[],
      ${batch.map((row) => row.statusRevision)}::integer[],
      ${batch.map((row) => JSON.stringify(row.counts))}::text[],
      ${batch.map((row) => row.countsRevision)}::integer[],
      ${batch.map((row) => isoOrNull(row.actualStartAtMs))}::timestamptz[],
      ${batch.map((row) => isoOrNull(row.actualEndAtMs))}::timestamptz[]
    ) as batch (execution_id, status, status_revision, counts, counts_revision, actual_start_at, actual_end_at)
    on conflict (execution_id) do update set
      status = excluded.status, status_revision = excluded.status_revision, counts = excluded.counts,
      counts_revision = excluded.counts_revision, actual_start_at = excluded.actual_start_at, actual_end_at = excluded.actual_end_at`
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
  if (status === null) throw new Error(`execution ${executionId} was launched without a status`)
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
