import type { CallEvent } from '@carillon/contracts/call-events'
import type { Tx } from '@carillon/service-kit/database'
import type { CallBatch } from '../domain/call-batch.ts'

/** Adds to the story of each call what a batch brought, one row a call. */
export async function addCallEvents(tx: Tx, chapters: CallBatch['chapters']): Promise<void> {
  if (chapters.length === 0) return
  await tx.sql`
    insert into call_events (call_id, first_seq, events)
    select call_id, first_seq, events::json
    from unnest(
      ${chapters.map(({ callId }) => callId)}::uuid[],
      ${chapters.map(({ events }) => events[0]?.data.seq ?? 0)}::integer[],
      ${chapters.map(({ events }) => JSON.stringify(events.map(stored)))}::text[]) as chapter (call_id, first_seq, events)`
}

/** An event without what the row's key and the call's own row say already. */
function stored(event: CallEvent) {
  const { callId: _callId, executionId: _executionId, jobId: _jobId, seq, ...data } = event.data
  return { seq, type: event.type, time: event.time, data }
}

/** Replaces what is parked for each of these calls. */
export async function parkCallEvents(tx: Tx, parked: CallBatch['parked']): Promise<void> {
  if (parked.length === 0) return
  await tx.sql`delete from parked_call_events where call_id = any(${parked.map(({ callId }) => callId)}::uuid[])`
  const rows = parked.flatMap(({ events }) => events)
  if (rows.length === 0) return
  await tx.sql`
    insert into parked_call_events (call_id, seq, event)
    select call_id, seq, event::json
    from unnest(
      ${rows.map((event) => event.data.callId)}::uuid[],
      ${rows.map((event) => event.data.seq)}::integer[],
      ${rows.map((event) => JSON.stringify(event))}::text[]) as parked (call_id, seq, event)`
}
