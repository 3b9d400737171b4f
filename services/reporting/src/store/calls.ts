import type { CallEvent } from '@carillon/contracts/call-events'
import type { FlowOutcome, Outcome } from '@carillon/contracts/program'
import type { Orm, Tx } from '@carillon/service-kit/database'
import { toIso } from '@carillon/service-kit/instant'
import { asc, eq } from 'drizzle-orm'
import type { Call, CallEnd } from '../domain/call.ts'
import type { KnownCall } from '../domain/call-batch.ts'
import { calls } from './schema.ts'

type CallRow = typeof calls.$inferSelect

type LoadedRow = { wantedId: string; parked: CallEvent[] | null } & (CallRow | { callId: null })

/** Calls by id, as they were stored, with what is parked for each. Calls of which nothing is known are left out. */
export async function loadCalls(tx: Tx, callIds: readonly string[]): Promise<Map<string, KnownCall>> {
  // One look-up by key for each id. Joined or "= any(…)", a plan made while the table was small would go on reading the whole of it.
  const rows = await tx.sql<LoadedRow[]>`
    select wanted.id as "wantedId", stored.*,
           (select json_agg(event order by seq) from parked_call_events where call_id = wanted.id) as parked
    from unnest(${callIds}::uuid[]) as wanted (id)
    left join lateral (
      select call_id as "callId", organization_id as "organizationId", execution_id as "executionId", job_id as "jobId",
             program_id as "programId", contact_id as "contactId", attempt, from_number as "from", to_number as "to", direction,
             started_at as "startedAt", answered_at as "answeredAt", ended_at as "endedAt", outcome, outcome_reason as "outcomeReason",
             flow_outcome as "flowOutcome", duration_ms as "durationMs", last_seq as "lastSeq"
      from calls where call_id = wanted.id limit 1
    ) stored on true`
  const known = new Map<string, KnownCall>()
  for (const { wantedId, parked, ...row } of rows) {
    if (row.callId === null && parked === null) continue
    known.set(wantedId, { call: row.callId === null ? null : callOf(row), parked: parked ?? [] })
  }
  return known
}

/** Writes calls as they are now, in one statement. */
export async function saveCalls(tx: Tx, batch: readonly Call[]): Promise<void> {
  if (batch.length === 0) return
  const column = <T>(value: (call: Call) => T) => batch.map(value)
  await tx.sql`
    insert into calls (call_id, organization_id, execution_id, job_id, program_id, contact_id, attempt, from_number, to_number, direction,
                       started_at, answered_at, ended_at, outcome, outcome_reason, flow_outcome, duration_ms, last_seq)
    select * from unnest(
      ${column((call) => call.callId)}::uuid[],
      ${column((call) => call.organizationId)}::uuid[],
      ${column((call) => call.executionId)}::uuid[],
      ${column((call) => call.jobId)}::uuid[],
      ${column((call) => call.programId)}::uuid[],
      ${column((call) => call.contactId)}::uuid[],
      ${column((call) => call.attempt)}::integer[],
      ${column((call) => call.from)}::text[],
      ${column((call) => call.to)}::text[],
      ${column((call) => call.direction)}::text[],
      ${column((call) => toIso(call.startedAt))}::timestamptz[],
      ${column((call) => isoOrNull(call.answeredAt))}::timestamptz[],
      ${column((call) => isoOrNull(call.end?.endedAt))}::timestamptz[],
      ${column((call) => call.end?.outcome ?? null)}::text[],
      ${column((call) => call.end?.outcomeReason ?? null)}::text[],
      ${column((call) => call.end?.flowOutcome ?? null)}::text[],
      ${column((call) => call.end?.durationMs ?? null)}::bigint[],
      ${column((call) => call.lastSeq)}::integer[])
    on conflict (call_id) do update set
      answered_at = excluded.answered_at, ended_at = excluded.ended_at, outcome = excluded.outcome, outcome_reason = excluded.outcome_reason,
      flow_outcome = excluded.flow_outcome, duration_ms = excluded.duration_ms, last_seq = excluded.last_seq`
}

/** A page of an execution's calls, oldest first: call ids are ordered by the time at which they were made. */
export async function pageOfCalls(orm: Orm, executionId: string, page: { limit: number; offset: number }): Promise<Call[]> {
  const rows = await orm
    .select()
    .from(calls)
    .where(eq(calls.executionId, executionId))
    .orderBy(asc(calls.callId))
    .limit(page.limit)
    .offset(page.offset)
  return rows.map(callOf)
}

function callOf(row: CallRow): Call {
  const { startedAt, answeredAt, endedAt, outcome, outcomeReason, flowOutcome, durationMs, ...rest } = row
  return {
    ...rest,
    startedAt: startedAt.getTime(),
    answeredAt: answeredAt?.getTime() ?? null,
    end: endOf(endedAt, outcome, outcomeReason, flowOutcome, durationMs),
  }
}

function endOf(
  endedAt: Date | null,
  outcome: Outcome | null,
  outcomeReason: string | null,
  flowOutcome: FlowOutcome | null,
  durationMs: number | null,
): CallEnd | null {
  if (endedAt === null || outcome === null || outcomeReason === null || flowOutcome === null) return null
  return { endedAt: endedAt.getTime(), outcome, outcomeReason, flowOutcome, durationMs }
}

function isoOrNull(epochMs: number | null | undefined): string | null {
  return epochMs === null || epochMs === undefined ? null : toIso(epochMs)
}
