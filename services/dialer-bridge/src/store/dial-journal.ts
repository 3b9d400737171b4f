import { updateRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { dialJournal } from './schema.ts'

/** How far a call has come. Instants are epoch milliseconds. */
export interface CallProgress {
  readonly callId: string
  readonly lastSeq: number
  readonly lastEventAtMs: number
  readonly dialedAtMs: number | null
  readonly answeredAtMs: number | null
  readonly endedAtMs: number | null
  readonly executedNodes: number
}

/** An order that is about to be journaled. */
export interface JournalEntry {
  readonly callId: string
  readonly notAfterMs: number
  /** JSON. */
  readonly order: string
  readonly dialNodeId: string | null
}

/** What the journal says of an entry: to be dialed now, or too late. */
export interface Journaled {
  readonly callId: string
  readonly state: 'dialing' | 'expired'
  readonly startedAtMs: number
}

/**
 * Inserts a batch of calls. A call id that the journal holds already is not returned, and must not be dialed. The state is `dialing` only if
 * `notAfter` is still ahead by the database's clock. A batch that is tried again with the same `claim` gets its own rows again.
 * No call id may come twice in a batch.
 */
export async function insertIntoJournal(tx: Tx, owner: string, claim: string, entries: readonly JournalEntry[]): Promise<Journaled[]> {
  return tx.sql<Journaled[]>`
    with now as materialized (select clock_now() as at),
    entry as (
      select call_id, dial_order, dial_node_id, to_timestamp(not_after_ms / 1000) > now.at as is_in_time, now.at
      from now, unnest(
        ${entries.map((entry) => entry.callId)}::text[],
        ${entries.map((entry) => entry.notAfterMs)}::float8[],
        ${entries.map((entry) => entry.order)}::text[],
        ${entries.map((entry) => entry.dialNodeId)}::text[]
      ) as given (call_id, not_after_ms, dial_order, dial_node_id)
    )
    insert into dial_journal as journal (call_id, state, owner, claim, dial_order, dial_node_id, started_at, last_event_at)
    select call_id, case when is_in_time then 'dialing' else 'expired' end, ${owner}::text, ${claim}::uuid,
           case when is_in_time then dial_order end, dial_node_id, at, at
    from entry
    on conflict (call_id) do update set owner = excluded.owner where journal.claim = excluded.claim
    returning call_id as "callId", state, floor(extract(epoch from started_at) * 1000)::bigint as "startedAtMs"`
}

/**
 * Writes how far calls have come. Returns the ids of the calls that are still this bridge's. Another bridge has taken over the others: nothing
 * more may be said about them.
 */
export async function recordProgress(tx: Tx, owner: string, progress: readonly CallProgress[]): Promise<Set<string>> {
  const rows = progress.map(({ callId, lastSeq, lastEventAtMs, dialedAtMs, answeredAtMs, endedAtMs, executedNodes }) => ({
    callId,
    owner,
    lastSeq,
    lastEventAt: new Date(lastEventAtMs),
    dialedAt: dateOrNull(dialedAtMs),
    answeredAt: dateOrNull(answeredAtMs),
    endedAt: dateOrNull(endedAtMs),
    executedNodes,
  }))
  const held = await updateRows(tx, dialJournal, rows, progressUpdate)
  return new Set(held.map(({ callId }) => callId))
}

const progressUpdate = {
  columns: ['callId', 'owner', 'lastSeq', 'lastEventAt', 'dialedAt', 'answeredAt', 'endedAt', 'executedNodes'],
  key: ['callId', 'owner'],
  set: {
    state: "case when given.ended_at is null then stored.state else 'ended' end",
    order: 'case when given.ended_at is null then stored.dial_order end',
  },
  returning: ['callId'],
} as const

function dateOrNull(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs)
}

/** A call that was taken over from a bridge that is gone. */
export interface AdoptedRow {
  readonly callId: string
  readonly order: string
  readonly dialNodeId: string | null
  readonly lastSeq: number
  readonly startedAtMs: number
  readonly lastEventAtMs: number
  readonly dialedAtMs: number | null
  readonly answeredAtMs: number | null
  readonly executedNodes: number
  readonly lastHeartbeatAtMs: number | null
}

/**
 * Takes over at most `limit` calls in progress whose bridge has sent no heartbeat for `staleMs` of real time, or is not known.
 * If it is uncertain whether a try committed, a second try with the same `claim` gets its own rows again.
 */
export async function adoptOrphans(
  database: Database,
  owner: string,
  claim: string,
  staleMs: number,
  limit: number,
): Promise<AdoptedRow[]> {
  return database.sql<AdoptedRow[]>`
    with orphan as (
      select journal.call_id, former.seen_at_platform_time as heartbeat
      from dial_journal as journal left join bridges as former on former.id = journal.owner
      where journal.state = 'dialing' and case
        when journal.owner = ${owner} then journal.claim = ${claim}
        else former.seen_at is null or former.seen_at < clock_timestamp() - ${staleMs} * interval '1 millisecond'
      end
      limit ${limit}
      for update of journal skip locked
    )
    update dial_journal as journal set owner = ${owner}, claim = ${claim}
    from orphan where orphan.call_id = journal.call_id
    returning journal.call_id as "callId", dial_order as "order", dial_node_id as "dialNodeId", last_seq as "lastSeq",
      executed_nodes as "executedNodes",
      floor(extract(epoch from started_at) * 1000)::bigint as "startedAtMs",
      floor(extract(epoch from last_event_at) * 1000)::bigint as "lastEventAtMs",
      floor(extract(epoch from dialed_at) * 1000)::bigint as "dialedAtMs",
      floor(extract(epoch from answered_at) * 1000)::bigint as "answeredAtMs",
      floor(extract(epoch from heartbeat) * 1000)::bigint as "lastHeartbeatAtMs"`
}

/** Deletes calls that ended so long ago that their orders cannot come again. Returns how many. */
export async function deleteOldCalls(database: Database, keepDays: number): Promise<number> {
  const { count } = await database.sql`
    delete from dial_journal where journaled_at < clock_timestamp() - make_interval(days => ${keepDays}) and state <> 'dialing'`
  return count
}
