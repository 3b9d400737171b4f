import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { unchargedCalls } from './schema.ts'

/** Real time. Longer than the CALLS stream keeps an event, so no event of a forgotten call can still come. */
const keepDays = 45

/** Stores the ids of calls that were rated and have no entry in the ledger, because they cost nothing. */
export async function rememberUncharged(tx: Tx, callIds: readonly string[]): Promise<void> {
  await insertRows(
    tx,
    unchargedCalls,
    callIds.map((callId) => ({ callId })),
    { columns: ['callId'] },
  )
}

export async function forgetOldUncharged(database: Database): Promise<void> {
  await database.sql`delete from uncharged_calls where stored_at < clock_timestamp() - make_interval(days => ${keepDays})`
}
