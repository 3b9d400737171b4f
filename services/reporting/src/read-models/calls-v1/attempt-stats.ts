import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { eq } from 'drizzle-orm'
import type { AttemptStats } from '../../domain/attempt-stats.ts'
import { attemptStats } from './schema.ts'

/** Adds counts to those stored. */
export async function addAttemptStats(tx: Tx, added: readonly AttemptStats[]): Promise<void> {
  if (added.length === 0) return
  await tx.sql`
    insert into attempt_stats as stats (execution_id, attempt, started, answered, voicemail, no_answer, busy, rejected, failed,
                                        flow_completed, connected_duration_ms)
    select * from unnest(
      ${added.map((row) => row.executionId)}::uuid[],
      ${added.map((row) => row.attempt)}::integer[],
      ${added.map((row) => row.started)}::bigint[],
      ${added.map((row) => row.answered)}::bigint[],
      ${added.map((row) => row.voicemail)}::bigint[],
      ${added.map((row) => row.noAnswer)}::bigint[],
      ${added.map((row) => row.busy)}::bigint[],
      ${added.map((row) => row.rejected)}::bigint[],
      ${added.map((row) => row.failed)}::bigint[],
      ${added.map((row) => row.flowCompleted)}::bigint[],
      ${added.map((row) => row.connectedDurationMs)}::bigint[])
    on conflict (execution_id, attempt) do update set
      started = stats.started + excluded.started, answered = stats.answered + excluded.answered,
      voicemail = stats.voicemail + excluded.voicemail, no_answer = stats.no_answer + excluded.no_answer,
      busy = stats.busy + excluded.busy, rejected = stats.rejected + excluded.rejected, failed = stats.failed + excluded.failed,
      flow_completed = stats.flow_completed + excluded.flow_completed,
      connected_duration_ms = stats.connected_duration_ms + excluded.connected_duration_ms`
}

export async function attemptStatsOf(orm: Orm, executionId: string): Promise<AttemptStats[]> {
  return orm.select().from(attemptStats).where(eq(attemptStats.executionId, executionId))
}
