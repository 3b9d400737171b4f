import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, desc, eq, lte } from 'drizzle-orm'
import { entriesOf, type LedgerEntry, type Posting, totalsOf } from '../domain/ledger.ts'
import { addToAccounts } from './account.ts'
import { ledger } from './schema.ts'

/** Posts to the ledger and to the accounts' balances. Throws where an entry of that id was posted before. */
export async function post(tx: Tx, postings: readonly Posting[], atMs: number): Promise<LedgerEntry[]> {
  if (postings.length === 0) return []
  const accounts = await addToAccounts(tx, totalsOf(postings), atMs)
  const entries = entriesOf(postings, accounts, atMs)
  await tx.sql`
    insert into ledger (id, organization_id, number, type, amount, balance_after, call_id, execution_id, reason, at)
    select id, organization_id, number, type, amount, balance_after, call_id, execution_id, reason, ${new Date(atMs)}::timestamptz
    from unnest(
      ${entries.map((entry) => entry.id)}::uuid[],
      ${entries.map((entry) => entry.organizationId)}::uuid[],
      ${entries.map((entry) => entry.number)}::bigint[],
      ${entries.map((entry) => entry.type)}::text[],
      ${entries.map((entry) => microsToNumeric(entry.amountMicros))}::numeric[],
      ${entries.map((entry) => microsToNumeric(entry.balanceAfterMicros))}::numeric[],
      ${entries.map((entry) => entry.callId)}::uuid[],
      ${entries.map((entry) => entry.executionId)}::uuid[],
      ${entries.map((entry) => entry.reason)}::text[]
    ) as entry (id, organization_id, number, type, amount, balance_after, call_id, execution_id, reason)`
  return entries
}

/** A page of the organization's entries, newest first. `entryCount` is the account's. */
export async function ledgerPage(
  orm: Orm,
  organizationId: string,
  entryCount: number,
  page: number,
  limit: number,
): Promise<LedgerEntry[]> {
  // Numbers have no gaps: a page is a range of them, and a late one costs no more than the first.
  const rows = await orm
    .select()
    .from(ledger)
    .where(and(eq(ledger.organizationId, organizationId), lte(ledger.number, entryCount - (page - 1) * limit)))
    .orderBy(desc(ledger.number))
    .limit(limit)
  return rows.map(({ amount, balanceAfter, at, ...entry }) => ({
    ...entry,
    amountMicros: numericToMicros(amount),
    balanceAfterMicros: numericToMicros(balanceAfter),
    atMs: at.getTime(),
  }))
}
