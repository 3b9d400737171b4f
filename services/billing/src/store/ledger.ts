import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, eq } from 'drizzle-orm'
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

export const ledgerOrder = newestFirst<LedgerEntry>([ledger.number], ({ number }) => [number])

export async function listEntries(orm: Orm, organizationId: string, slice: Slice): Promise<LedgerEntry[]> {
  const rows = await orm
    .select()
    .from(ledger)
    .where(and(eq(ledger.organizationId, organizationId), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  return rows.map(({ amount, balanceAfter, at, ...entry }) => ({
    ...entry,
    amountMicros: numericToMicros(amount),
    balanceAfterMicros: numericToMicros(balanceAfter),
    atMs: at.getTime(),
  }))
}
