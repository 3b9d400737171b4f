import { toIso } from '@carillon/service-kit/domain/instant'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { asc, eq, inArray } from 'drizzle-orm'
import type { Call, CallEnd } from '../../domain/call.ts'
import { callEnds, calls } from './schema.ts'

export async function addCalls(tx: Tx, started: readonly Call[]): Promise<void> {
  if (started.length === 0) return
  await tx.sql`
    insert into calls (call_id, organization_id, execution_id, job_id, program_id, contact_id, attempt, from_number, to_number, direction,
                       started_at)
    select * from unnest(
      ${started.map((call) => call.callId)}::uuid[],
      ${started.map((call) => call.organizationId)}::uuid[],
      ${started.map((call) => call.executionId)}::uuid[],
      ${started.map((call) => call.jobId)}::uuid[],
      ${started.map((call) => call.programId)}::uuid[],
      ${started.map((call) => call.contactId)}::uuid[],
      ${started.map((call) => call.attempt)}::integer[],
      ${started.map((call) => call.from)}::text[],
      ${started.map((call) => call.to)}::text[],
      ${started.map((call) => call.direction)}::text[],
      ${started.map((call) => toIso(call.startedAtMs))}::timestamptz[])`
}

export async function addCallEnds(tx: Tx, ended: readonly CallEnd[]): Promise<void> {
  if (ended.length === 0) return
  await tx.sql`
    insert into call_ends (call_id, answered_at, ended_at, outcome, outcome_reason, flow_outcome, duration_ms)
    select * from unnest(
      ${ended.map((end) => end.callId)}::uuid[],
      ${ended.map((end) => (end.answeredAtMs === null ? null : toIso(end.answeredAtMs)))}::timestamptz[],
      ${ended.map((end) => toIso(end.endedAtMs))}::timestamptz[],
      ${ended.map((end) => end.outcome)}::text[],
      ${ended.map((end) => end.outcomeReason)}::text[],
      ${ended.map((end) => end.flowOutcome)}::text[],
      ${ended.map((end) => end.durationMs)}::bigint[])`
}

/** A page of an execution's calls, oldest first. Call ids are UUIDs of version 7: their order is the order in time. */
export async function pageOfCalls(orm: Orm, executionId: string, page: { limit: number; offset: number }): Promise<Call[]> {
  const rows = await orm
    .select()
    .from(calls)
    .where(eq(calls.executionId, executionId))
    .orderBy(asc(calls.callId))
    .limit(page.limit)
    .offset(page.offset)
  return rows.map(({ startedAt, ...call }) => ({ ...call, startedAtMs: startedAt.getTime() }))
}

/** How calls ended, by call id. Calls that are still going on are left out. */
export async function endsOfCalls(orm: Orm, callIds: readonly string[]): Promise<Map<string, CallEnd>> {
  if (callIds.length === 0) return new Map()
  const rows = await orm
    .select()
    .from(callEnds)
    .where(inArray(callEnds.callId, [...callIds]))
  return new Map(
    rows.map(({ answeredAt, endedAt, ...end }) => {
      return [end.callId, { ...end, answeredAtMs: answeredAt?.getTime() ?? null, endedAtMs: endedAt.getTime() }]
    }),
  )
}
