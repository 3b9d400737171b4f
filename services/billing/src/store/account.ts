import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { eq } from 'drizzle-orm'
import type { Account, PostingTotal } from '../domain/ledger.ts'
import { accounts } from './schema.ts'

/** The organization's account, or undefined if it never had an entry. */
export async function readAccount(orm: Orm, organizationId: string): Promise<Account | undefined> {
  const [row] = await orm.select().from(accounts).where(eq(accounts.organizationId, organizationId))
  return row && toAccount(row)
}

/**
 * Adds the totals to their accounts and opens accounts that do not exist yet. Returns the accounts after that. They stay locked until
 * the transaction ends, so balances follow one another in the order of the entries' numbers.
 */
export async function addToAccounts(tx: Tx, totals: readonly PostingTotal[], atMs: number): Promise<Account[]> {
  const updatedAt = new Date(atMs)
  const rows = totals.map(({ organizationId, amountMicros, count }) => {
    return { organizationId, balance: microsToNumeric(amountMicros), entryCount: count, updatedAt }
  })
  const changed = await insertRows(tx, accounts, rows, {
    onConflict: {
      key: ['organizationId'],
      add: ['balance', 'entryCount'],
      set: { updatedAt: 'greatest(stored.updated_at, excluded.updated_at)' },
    },
    returning: ['organizationId', 'balance', 'entryCount', 'updatedAt'],
  })
  return changed.map(toAccount)
}

function toAccount({ organizationId, balance, entryCount, updatedAt }: typeof accounts.$inferSelect): Account {
  return { organizationId, balanceMicros: numericToMicros(balance), entryCount, updatedAtMs: updatedAt.getTime() }
}
