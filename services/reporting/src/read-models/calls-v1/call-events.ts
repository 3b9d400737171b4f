import { type CallEvent, callSubjectOf } from '@carillon/contracts/call-events'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { inArray } from 'drizzle-orm'
import type { CallBatch, CallPosition, NewEvents } from '../../domain/call-batch.ts'
import type { StoryEvent } from '../../domain/call-story.ts'
import { nodeKeysOf } from '../../domain/node-keys.ts'
import { callEvents, parkedCallEvents } from './schema.ts'

/** How far each of these calls was read, and its parked events. Calls of which nothing was read are left out. */
export async function loadPositions(tx: Tx, callIds: readonly string[]): Promise<Map<string, CallPosition>> {
  // One lookup by key for each id. With a join or "= any(…)", a plan made while the table was small would go on reading all of it.
  const rows = await tx.sql<{ call_id: string; last_seq: number | null; parked: CallEvent[] | null; owner: string | null }[]>`
    select wanted.call_id,
           (select last_seq from call_events where call_id = wanted.call_id order by last_seq desc limit 1),
           (select json_agg(event order by seq) from parked_call_events where call_id = wanted.call_id) as parked,
           (select coalesce(execution_id, job_id) from calls where call_id = wanted.call_id) as owner
    from unnest(${callIds}::uuid[]) as wanted (call_id)`
  const positions = new Map<string, CallPosition>()
  for (const { call_id, last_seq, parked, owner } of rows) {
    if (last_seq === null && parked === null) continue
    const [first] = parked ?? []
    const callOwner = owner ?? (first && callSubjectOf(first))
    positions.set(call_id, { lastSeq: last_seq ?? 0, parked: parked ?? [], ...(callOwner === undefined ? {} : { callOwner }) })
  }
  return positions
}

const keySeparator = '\u001f'

/** Stores the new events of each call, one row a call. */
export async function addCallEvents(tx: Tx, added: readonly NewEvents[]): Promise<void> {
  if (added.length === 0) return
  // The column is text that holds JSON, and goes as lines of one text: in an array each of its many quotes would have to be escaped.
  const lines = added.map(({ events }) => JSON.stringify(events.map(storedForm))).join('\n')
  await tx.sql`
    insert into call_events (call_id, last_seq, events, node_keys)
    select call_id, last_seq, events, string_to_array(keys, chr(31))
    from unnest(
      ${added.map(({ callId }) => callId)}::uuid[],
      ${added.map(({ lastSeq }) => lastSeq)}::integer[],
      string_to_array(${lines}, e'\\n'),
      ${added.map(({ events }) => nodeKeysOf(events).join(keySeparator))}::text[]) as added (call_id, last_seq, events, keys)`
}

/** What was read of each call, in the order of `seq`, by call id. */
export async function eventsOfCalls(orm: Orm, ids: readonly string[]): Promise<Map<string, StoryEvent[]>> {
  if (ids.length === 0) return new Map()
  const rows = await orm
    .select()
    .from(callEvents)
    .where(inArray(callEvents.callId, [...ids]))
    .orderBy(callEvents.callId, callEvents.lastSeq)
  const found = new Map<string, StoryEvent[]>()
  for (const { callId, events } of rows) {
    const own = found.get(callId) ?? []
    own.push(...(JSON.parse(events) as StoryEvent[]))
    found.set(callId, own)
  }
  return found
}

/** An event without what the row's key and the call's own row hold already. */
function storedForm(event: CallEvent) {
  const { callId: _callId, executionId: _executionId, jobId: _jobId, seq, ...data } = event.data
  return { seq, type: event.type, time: event.time, data }
}

/** Replaces the parked events of each of these calls. */
export async function parkCallEvents(tx: Tx, parked: CallBatch['parked']): Promise<void> {
  if (parked.length === 0) return
  await tx.sql`delete from parked_call_events where call_id = any(${parked.map(({ callId }) => callId)}::uuid[])`
  const rows = parked.flatMap(({ callId, events }) => events.map((event) => ({ callId, seq: event.data.seq, event })))
  await insertRows(tx, parkedCallEvents, rows)
}
