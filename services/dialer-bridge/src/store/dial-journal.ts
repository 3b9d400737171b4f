import { updateRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { type CallState, dialJournal } from './schema.ts'

/** How far a call has come. Instants are epoch milliseconds. */
export interface CallProgress {
  readonly callId: string
  readonly state: CallState
  readonly lastSeq: number
  readonly lastEventAtMs: number
  readonly dialedAtMs: number | null
  readonly answeredAtMs: number | null
  readonly endedAtMs: number | null
  readonly executedNodes: number
}

/** An order that is about to be journaled. Instants are epoch milliseconds. */
export interface JournalEntry {
  readonly callId: string
  readonly organizationId: string
  readonly number: string
  /** `Infinity`: the call may not begin. Then the entry is only journaled if it is too late. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** The number must not be called. */
  readonly suppressed: boolean
  /** JSON. */
  readonly order: string
  readonly dialNodeId: string | null
}

/** What the journal says of an entry: to be dialed now, too late, or not to be called. */
export interface Journaled {
  readonly callId: string
  readonly state: CallState
  readonly startedAtMs: number
}

/** What became of a batch. An entry that is not named must wait: its number has a call under way, or it may not begin yet. */
export interface JournaledBatch {
  readonly inserted: readonly Journaled[]
  /** Inserted by an earlier try of the same batch, which has committed with all its messages. */
  readonly fromEarlierTry: readonly Journaled[]
  /** Calls that the journal held already. They must not be dialed. */
  readonly duplicates: ReadonlySet<string>
}

/**
 * Inserts a batch of calls. The state is `dialing` only between `notBefore` and `notAfter` by the database's clock, and if no other call of the
 * organization to the same number is under way (contract rule 30) and the number may be called. No call id may come twice in a batch.
 */
export async function insertIntoJournal(tx: Tx, owner: string, claim: string, entries: readonly JournalEntry[]): Promise<JournaledBatch> {
  // Booleans go as text: the driver gives an array of booleans the type of one.
  // The order in which rows are inserted is the same in all bridges: two batches with the same numbers cannot wait for each other.
  const inserted = await tx.sql<Journaled[]>`
    with now as materialized (select clock_now() as at),
    entry as (
      select given.*, now.at, to_timestamp(not_before_ms / 1000) > now.at as is_early, to_timestamp(not_after_ms / 1000) <= now.at as is_late
      from now, unnest(
        ${entries.map((entry) => entry.callId)}::text[],
        ${entries.map((entry) => entry.organizationId)}::uuid[],
        ${entries.map((entry) => entry.number)}::text[],
        ${entries.map((entry) => entry.notBeforeMs)}::float8[],
        ${entries.map((entry) => entry.notAfterMs)}::float8[],
        ${entries.map((entry) => String(entry.suppressed))}::text[]::boolean[],
        ${entries.map((entry) => entry.order)}::text[],
        ${entries.map((entry) => entry.dialNodeId)}::text[]
      ) as given (call_id, organization_id, number, not_before_ms, not_after_ms, is_listed, dial_order, dial_node_id)
    )
    insert into dial_journal (call_id, organization_id, number, state, owner, claim, dial_order, dial_node_id, started_at, last_event_at, last_seq)
    select call_id, organization_id, number, case when is_late then 'expired' when is_listed then 'suppressed' else 'dialing' end,
           ${owner}::text, ${claim}::uuid, case when not (is_late or is_listed) then dial_order end, dial_node_id, at, at,
           case when is_late or is_listed then 1 else 0 end
    from entry where is_late or not is_early
    order by organization_id, number collate "C", call_id collate "C"
    on conflict do nothing
    returning call_id as "callId", state, floor(extract(epoch from started_at) * 1000)::bigint as "startedAtMs"`
  if (inserted.length === entries.length) return { inserted, fromEarlierTry: [], duplicates: new Set() }
  const isInserted = new Set(inserted.map(({ callId }) => callId))
  const others = entries.flatMap(({ callId }) => (isInserted.has(callId) ? [] : [callId]))
  // A statement of its own: it sees what the insert waited for.
  const known = await tx.sql<(Journaled & { isOurs: boolean })[]>`
    select call_id as "callId", state, floor(extract(epoch from started_at) * 1000)::bigint as "startedAtMs",
           owner = ${owner} and claim = ${claim} as "isOurs"
    from dial_journal where call_id = any(${others})`
  return {
    inserted,
    fromEarlierTry: known.filter(({ isOurs }) => isOurs),
    duplicates: new Set(known.flatMap(({ isOurs, callId }) => (isOurs ? [] : [callId]))),
  }
}

/**
 * Which of these calls are still this bridge's, each with whether its `notAfter` is still ahead by the database's clock. Another bridge has taken
 * over the others.
 */
export async function callsStillOurs(
  database: Database,
  owner: string,
  calls: readonly { callId: string; notAfterMs: number }[],
): Promise<Map<string, boolean>> {
  const rows = await database.sql<{ callId: string; isInTime: boolean }[]>`
    select journal.call_id as "callId", to_timestamp(given.not_after_ms / 1000) > clock_now() as "isInTime"
    from unnest(${calls.map(({ callId }) => callId)}::text[], ${calls.map(({ notAfterMs }) => notAfterMs)}::float8[]) as given (call_id, not_after_ms)
    join dial_journal as journal on journal.call_id = given.call_id
    where journal.owner = ${owner} and journal.state = 'dialing'`
  return new Map(rows.map(({ callId, isInTime }) => [callId, isInTime]))
}

/**
 * Writes how far calls have come. Returns the ids of the calls that are still this bridge's. Another bridge has taken over the others: nothing
 * more may be said about them.
 */
export async function recordProgress(tx: Tx, owner: string, progress: readonly CallProgress[]): Promise<Set<string>> {
  const rows = progress.map(({ callId, state, lastSeq, lastEventAtMs, dialedAtMs, answeredAtMs, endedAtMs, executedNodes }) => ({
    callId,
    owner,
    state,
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
  columns: ['callId', 'owner', 'state', 'lastSeq', 'lastEventAt', 'dialedAt', 'answeredAt', 'endedAt', 'executedNodes'],
  key: ['callId', 'owner'],
  set: { order: "case when given.state = 'dialing' then stored.dial_order end" },
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
