import { toIso } from '@carillon/service-kit/domain/instant'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, inArray } from 'drizzle-orm'
import type { ExecutionProgress, Launch } from '../domain/execution.ts'
import type { Execution } from '../domain/report.ts'
import { executionProgress, executions } from './schema.ts'

/** Keeps launches. One that is known already stays as it is: a launch never changes. */
export async function addLaunches(tx: Tx, launches: readonly Launch[]): Promise<void> {
  if (launches.length === 0) return
  const rows = launches.map(({ scheduledStartAt, scheduledStopAt, launchedAt, nodes, didPool, ...launch }) => ({
    ...launch,
    nodes: [...nodes],
    didPool: [...didPool],
    scheduledStartAt: new Date(scheduledStartAt),
    scheduledStopAt: scheduledStopAt === null ? null : new Date(scheduledStopAt),
    launchedAt: new Date(launchedAt),
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
      ${batch.map((row) => isoOrNull(row.actualStartAt))}::timestamptz[],
      ${batch.map((row) => isoOrNull(row.actualEndAt))}::timestamptz[]
    ) as batch (execution_id, status, status_revision, counts, counts_revision, actual_start_at, actual_end_at)
    on conflict (execution_id) do update set
      status = excluded.status, status_revision = excluded.status_revision, counts = excluded.counts,
      counts_revision = excluded.counts_revision, actual_start_at = excluded.actual_start_at, actual_end_at = excluded.actual_end_at`
}

/** An execution of the organization; undefined where it has none of that id. */
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

function launchOfRow(row: typeof executions.$inferSelect): Launch {
  return {
    ...row,
    scheduledStartAt: row.scheduledStartAt.getTime(),
    scheduledStopAt: row.scheduledStopAt?.getTime() ?? null,
    launchedAt: row.launchedAt.getTime(),
  }
}

function progressOfRow(row: typeof executionProgress.$inferSelect): ExecutionProgress {
  return { ...row, actualStartAt: row.actualStartAt?.getTime() ?? null, actualEndAt: row.actualEndAt?.getTime() ?? null }
}
