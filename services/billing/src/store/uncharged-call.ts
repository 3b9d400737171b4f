import type { Database, Tx } from '@carillon/service-kit/postgres/database'

/** Real time. Longer than the CALLS stream keeps an event: nothing can tell of the call again. */
const keepDays = 45

/** Remembers calls that were rated and have no entry in the ledger, because they cost nothing. */
export async function rememberUncharged(tx: Tx, callIds: readonly string[]): Promise<void> {
  if (callIds.length > 0) await tx.sql`insert into uncharged_calls (call_id) select unnest(${callIds}::uuid[])`
}

export async function forgetOldUncharged(database: Database): Promise<void> {
  await database.sql`delete from uncharged_calls where stored_at < clock_timestamp() - make_interval(days => ${keepDays})`
}
