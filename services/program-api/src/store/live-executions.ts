import type { Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, eq, inArray } from 'drizzle-orm'
import type { LiveExecution } from '../domain/trigger.ts'
import { liveExecutions } from './schema.ts'

type Row = typeof liveExecutions.$inferSelect

/**
 * Begins to follow the contacts of live executions. Waits for transactions that are changing contacts and did not know of them: what those write is seeded then,
 * and later changes know of the execution.
 */
export async function followExecutions(tx: Tx, launched: readonly LiveExecution[]): Promise<void> {
  const organizations = [...new Set(launched.map(({ organizationId }) => organizationId))].sort()
  for (const id of organizations) await tx.sql`select pg_advisory_xact_lock(hashtext('contacts followed'), hashtext(${id}))`
  for (const { launchedAtMs, ...execution } of launched) {
    await tx.orm
      .insert(liveExecutions)
      .values({
        ...execution,
        launchedAt: new Date(launchedAtMs),
        seededAfter: '00000000-0000-0000-0000-000000000000',
        isSeeded: false,
        hasEnded: false,
      })
      .onConflictDoNothing()
  }
}

/** Whom a change of contacts concerns. Until the transaction ends, no other execution of the organization begins to follow them. */
export async function followersOf(tx: Tx, organizationId: string): Promise<LiveExecution[]> {
  await tx.sql`select pg_advisory_xact_lock_shared(hashtext('contacts followed'), hashtext(${organizationId}))`
  const rows = await tx.orm
    .select()
    .from(liveExecutions)
    .where(and(eq(liveExecutions.organizationId, organizationId), eq(liveExecutions.hasEnded, false)))
    .orderBy(asc(liveExecutions.executionId))
  return rows.map(fromRow)
}

/** Executions that have ended follow no contacts any more. */
export async function endExecutions(tx: Tx, executionIds: readonly string[]): Promise<void> {
  if (executionIds.length === 0) return
  await tx.orm
    .update(liveExecutions)
    .set({ hasEnded: true })
    .where(inArray(liveExecutions.executionId, [...executionIds]))
}

/** An execution whose triggers are not all made, with the contact after which to go on. Locked until the transaction ends; those that others have locked are passed over. */
export async function lockUnseeded(tx: Tx): Promise<{ execution: LiveExecution; after: string } | undefined> {
  const [row] = await tx.orm
    .select()
    .from(liveExecutions)
    .where(and(eq(liveExecutions.isSeeded, false), eq(liveExecutions.hasEnded, false)))
    .orderBy(asc(liveExecutions.launchedAt))
    .limit(1)
    .for('update', { skipLocked: true })
  return row && { execution: fromRow(row), after: row.seededAfter }
}

export async function noteSeeded(tx: Tx, executionId: string, after: string | undefined): Promise<void> {
  await tx.orm
    .update(liveExecutions)
    .set(after === undefined ? { isSeeded: true } : { seededAfter: after })
    .where(eq(liveExecutions.executionId, executionId))
}

function fromRow({ launchedAt, seededAfter: _after, isSeeded: _seeded, hasEnded: _ended, ...row }: Row): LiveExecution {
  return { ...row, launchedAtMs: launchedAt.getTime() }
}
