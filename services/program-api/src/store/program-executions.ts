import { insertRows, updateRows } from '@carillon/service-kit/postgres/batch'
import type { Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, inArray } from 'drizzle-orm'
import { programExecutions, programs } from './schema.ts'

/** What an event says about an execution. */
export interface ExecutionFact {
  executionId: string
  /** Null in an event that does not name the program. */
  programId: string | null
  isLive: boolean
  revision: number
}

/** Stores the state of executions, from the last fact of each. A fact that is older than the stored one changes nothing. */
export async function noteExecutions(tx: Tx, facts: readonly ExecutionFact[]): Promise<void> {
  const launched = facts.flatMap(({ programId, ...fact }) => (programId === null ? [] : [{ ...fact, programId }]))
  if (launched.length > 0) await insertRows(tx, programExecutions, launched, { onConflict: { key: ['executionId'] } })
  await updateRows(tx, programExecutions, facts, {
    key: ['executionId'],
    columns: ['executionId', 'isLive', 'revision'],
    where: 'stored.revision < given.revision',
  })
}

/** Programs that were launched are no drafts any more. */
export async function activatePrograms(tx: Tx, programIds: readonly string[]): Promise<void> {
  if (programIds.length === 0) return
  await tx.orm
    .update(programs)
    .set({ status: 'active' })
    .where(and(inArray(programs.id, [...programIds]), eq(programs.status, 'draft')))
}

export async function hasLiveExecution(tx: Tx, programId: string): Promise<boolean> {
  const rows = await tx.orm
    .select({ executionId: programExecutions.executionId })
    .from(programExecutions)
    .where(and(eq(programExecutions.programId, programId), eq(programExecutions.isLive, true)))
    .limit(1)
  return rows.length > 0
}
