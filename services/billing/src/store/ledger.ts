import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, desc, eq, lte } from 'drizzle-orm'
import { entriesOf, type LedgerEntry, type Posting, totalsOf } from '../domain/ledger.ts'
import { addToAccounts } from './account.ts'
import { ledger } from './schema.ts'

/** Adds entries to the ledger and their amounts to the accounts' balances. Throws if the ledger has an entry of the same id already. */
export async function post(tx: Tx, postings: readonly Posting[], atMs: number): Promise<LedgerEntry[]> {
  if (postings.length === 0) return []
  const accounts = await addToAccounts(tx, totalsOf(postings), atMs)
  const entries = entriesOf(postings, accounts, atMs)
  const at = new Date(atMs)
  await insertRows(
    tx,
    ledger,
    entries.map(({ amountMicros, balanceAfterMicros, ...entry }) => {
      return { ...entry, amount: microsToNumeric(amountMicros), balanceAfter: microsToNumeric(balanceAfterMicros), at }
    }),
  )
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
  // Numbers have no gaps, so a page is a range of them. The last page costs no more than the first.
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
