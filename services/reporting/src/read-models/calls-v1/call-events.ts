import type { CallEvent } from '@carillon/contracts/call-events'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { CallBatch, Chapter, KnownCall } from '../../domain/call-batch.ts'

/** How far each of these calls was read, and what is parked for it. Calls of which nothing was read are left out. */
export async function loadKnownCalls(tx: Tx, callIds: readonly string[]): Promise<Map<string, KnownCall>> {
  // One look-up by key for each id. Joined or "= any(…)", a plan made while the table was small would go on reading the whole of it.
  const rows = await tx.sql<{ call_id: string; last_seq: number | null; parked: CallEvent[] | null }[]>`
    select wanted.call_id,
           (select last_seq from call_events where call_id = wanted.call_id order by last_seq desc limit 1),
           (select json_agg(event order by seq) from parked_call_events where call_id = wanted.call_id) as parked
    from unnest(${callIds}::uuid[]) as wanted (call_id)`
  const known = new Map<string, KnownCall>()
  for (const { call_id, last_seq, parked } of rows) {
    if (last_seq !== null || parked !== null) known.set(call_id, { lastSeq: last_seq ?? 0, parked: parked ?? [] })
  }
  return known
}

/** Adds to the story of each call what a batch brought, one row a call. */
export async function addChapters(tx: Tx, chapters: readonly Chapter[]): Promise<void> {
  if (chapters.length === 0) return
  // Stories go as lines of one text: in an array of texts, each of their many quotes would have to be escaped, and unescaped again.
  const stories = chapters.map(({ events }) => JSON.stringify(events.map(stored))).join('\n')
  await tx.sql`
    insert into call_events (call_id, last_seq, events)
    select call_id, last_seq, events
    from unnest(
      ${chapters.map(({ callId }) => callId)}::uuid[],
      ${chapters.map(({ lastSeq }) => lastSeq)}::integer[],
      string_to_array(${stories}, e'\\n')) as chapter (call_id, last_seq, events)`
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
  const events = parked.flatMap((call) => call.events)
  if (events.length === 0) return
  await tx.sql`
    insert into parked_call_events (call_id, seq, event)
    select call_id, seq, event::json
    from unnest(
      ${events.map(({ data }) => data.callId)}::uuid[],
      ${events.map(({ data }) => data.seq)}::integer[],
      ${events.map((event) => JSON.stringify(event))}::text[]) as parked (call_id, seq, event)`
}
