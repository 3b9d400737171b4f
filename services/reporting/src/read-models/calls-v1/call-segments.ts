import type { Segmentation } from '@carillon/contracts/report-segments'
import type { Orm } from '@carillon/service-kit/postgres/database'
import { and, eq, lte, type SQL, sql } from 'drizzle-orm'
import type { Segment } from '../../domain/segments.ts'
import { callEnds, calls } from './schema.ts'

const keys: Readonly<Record<Segmentation, SQL>> = {
  did: sql`${calls.from}`,
  country: sql`${calls.country}`,
  hour: sql`lpad(${calls.localHour}::text, 2, '0')`,
}

/** More DIDs than a pool has. */
const segmentLimit = 2_000

/** The calls of an execution up to a position, by what they have in common, the largest part first. Reads every call of the execution. */
export async function segmentsOf(orm: Orm, executionId: string, position: number, by: Segmentation): Promise<Segment[]> {
  const key = keys[by]
  const ended = (outcome: string) => sql<number>`count(*) filter (where ${callEnds.outcome} = ${outcome})`.mapWith(Number)
  const started = sql<number>`count(*)`.mapWith(Number)
  return orm
    .select({
      key: sql<string | null>`${key}`,
      started,
      answered: ended('completed'),
      voicemail: ended('voicemail'),
      noAnswer: ended('no_answer'),
      busy: ended('busy'),
      rejected: ended('rejected'),
      failed: ended('failed'),
      flowCompleted: sql<number>`count(*) filter (where ${callEnds.flowOutcome} = 'completed')`.mapWith(Number),
      connectedDurationMs:
        sql<number>`coalesce(sum(${callEnds.durationMs}) filter (where ${callEnds.outcome} in ('completed', 'voicemail')), 0)`.mapWith(
          Number,
        ),
    })
    .from(calls)
    .leftJoin(callEnds, and(eq(callEnds.callId, calls.callId), lte(callEnds.position, position)))
    .where(and(eq(calls.executionId, executionId), lte(calls.position, position)))
    .groupBy(sql`1`)
    .orderBy(sql`2 desc, 1`)
    .limit(segmentLimit)
}
