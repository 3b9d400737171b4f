import type { Database, Tx } from '@carillon/service-kit/postgres/database'

/** What one call has come to. Instants are epoch milliseconds. */
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

/** What the journal made of an entry: to be dialed now, or too late. */
export interface Journaled {
  readonly callId: string
  readonly state: 'dialing' | 'expired'
  readonly startedAtMs: number
}

/**
 * Inserts a batch of calls, each only once in all time: a call id that is there already is not returned, and must not be dialed. The row says
 * `dialing` only while its `notAfter` lies ahead by the database's clock. A batch tried again with the same `claim` gets its own rows again.
 * No call id may stand twice in a batch.
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
 * Writes how far calls have come. Returns the calls that are still this bridge's: of any other, another bridge has taken over, and nothing
 * may be said any more.
 */
export async function recordProgress(tx: Tx, owner: string, progress: readonly CallProgress[]): Promise<Set<string>> {
  const rows = await tx.sql<{ callId: string }[]>`
    update dial_journal as journal set
      state = case when progress.ended_at is null then journal.state else 'ended' end,
      dial_order = case when progress.ended_at is null then journal.dial_order end,
      last_seq = progress.last_seq,
      last_event_at = to_timestamp(progress.last_event_at / 1000),
      dialed_at = to_timestamp(progress.dialed_at / 1000),
      answered_at = to_timestamp(progress.answered_at / 1000),
      ended_at = to_timestamp(progress.ended_at / 1000),
      executed_nodes = progress.executed_nodes
    from unnest(
      ${progress.map((call) => call.callId)}::text[],
      ${progress.map((call) => call.lastSeq)}::integer[],
      ${progress.map((call) => call.lastEventAtMs)}::float8[],
      ${progress.map((call) => call.dialedAtMs)}::float8[],
      ${progress.map((call) => call.answeredAtMs)}::float8[],
      ${progress.map((call) => call.endedAtMs)}::float8[],
      ${progress.map((call) => call.executedNodes)}::integer[]
    ) as progress (call_id, last_seq, last_event_at, dialed_at, answered_at, ended_at, executed_nodes)
    where journal.call_id = progress.call_id and journal.owner = ${owner}
    returning journal.call_id as "callId"`
  return new Set(rows.map((row) => row.callId))
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
 * Takes over calls under way, `limit` at most, whose bridge has given no sign of life for `staleMs` of real time, or is not known at all.
 * A try that is repeated with the same `claim`, for nobody knows whether it committed, gets its own rows again.
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

/** Forgets calls that ended long before any order could still come again. Returns how many. */
export async function forgetOldCalls(database: Database, keepDays: number): Promise<number> {
  const { count } = await database.sql`
    delete from dial_journal where journaled_at < clock_timestamp() - make_interval(days => ${keepDays}) and state <> 'dialing'`
  return count
}
