import type { ExecutionChanged } from '@carillon/contracts/program-events'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, lt } from 'drizzle-orm'
import type { Launch } from '../../domain/execution.ts'
import { executions } from './schema.ts'

/** Stores launches. One that is stored already stays as it is: a launch never changes. */
export async function addLaunches(tx: Tx, launches: readonly Launch[]): Promise<void> {
  const rows = launches.map(({ scheduledStartAtMs, scheduledStopAtMs, launchedAtMs, ...launch }) => ({
    ...launch,
    settingsRevision: 0,
    scheduledStartAt: new Date(scheduledStartAtMs),
    scheduledStopAt: dateOrNull(scheduledStopAtMs),
    launchedAt: new Date(launchedAtMs),
  }))
  await insertRows(tx, executions, rows, { onConflict: { key: ['executionId'] } })
}

/** The stop of an execution, as it was changed last: an event that comes late changes nothing. Its figures of earlier instants show this stop, too. */
export async function changeStop(tx: Tx, { data }: ExecutionChanged): Promise<void> {
  const scheduledStopAt = data.scheduledStopAt === null ? null : new Date(data.scheduledStopAt)
  await tx.orm
    .update(executions)
    .set({ scheduledStopAt, settingsRevision: data.revision })
    .where(and(eq(executions.executionId, data.executionId), lt(executions.settingsRevision, data.revision)))
}

/** An execution of the organization, or undefined if it has none with that id. */
export async function findLaunch(orm: Orm, organizationId: string, executionId: string): Promise<Launch | undefined> {
  const [row] = await orm
    .select()
    .from(executions)
    .where(and(eq(executions.executionId, executionId), eq(executions.organizationId, organizationId)))
  return row && launchOfRow(row)
}

function launchOfRow({
  settingsRevision: _settingsRevision,
  scheduledStartAt,
  scheduledStopAt,
  launchedAt,
  ...row
}: typeof executions.$inferSelect): Launch {
  return {
    ...row,
    scheduledStartAtMs: scheduledStartAt.getTime(),
    scheduledStopAtMs: scheduledStopAt?.getTime() ?? null,
    launchedAtMs: launchedAt.getTime(),
  }
}

function dateOrNull(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs)
}
