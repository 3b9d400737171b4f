import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { eq } from 'drizzle-orm'
import { type AttemptStats, callCountNames } from '../../domain/attempt-stats.ts'
import { attemptStats } from './schema.ts'

/** Adds counts to the stored ones. */
export async function addAttemptStats(tx: Tx, added: readonly AttemptStats[]): Promise<void> {
  await insertRows(tx, attemptStats, added, { onConflict: { key: ['executionId', 'attempt'], add: callCountNames } })
}

export async function attemptStatsOf(orm: Orm, executionId: string): Promise<AttemptStats[]> {
  return orm.select().from(attemptStats).where(eq(attemptStats.executionId, executionId))
}
