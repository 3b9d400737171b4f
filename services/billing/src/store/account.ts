import { microsToNumeric, numericToMicros } from '@carillon/money/credits'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { eq } from 'drizzle-orm'
import type { Account, PostingTotal } from '../domain/ledger.ts'
import { accounts } from './schema.ts'

/** The organization's account; undefined where nothing was ever posted to it. */
export async function readAccount(orm: Orm, organizationId: string): Promise<Account | undefined> {
  const [row] = await orm.select().from(accounts).where(eq(accounts.organizationId, organizationId))
  return (
    row && {
      organizationId,
      balanceMicros: numericToMicros(row.balance),
      entryCount: row.entryCount,
      updatedAtMs: row.updatedAt.getTime(),
    }
  )
}

/**
 * Adds the totals to their accounts, one row each, opening those that are missing. Returns the accounts as they are then; they stay locked until
 * the transaction ends, so that balances follow one another in the order of the entries' numbers.
 */
export async function addToAccounts(tx: Tx, totals: readonly PostingTotal[], atMs: number): Promise<Account[]> {
  const rows = await tx.sql<{ organization_id: string; balance: string; entry_count: number; updated_at: Date }[]>`
    insert into accounts (organization_id, balance, entry_count, updated_at)
    select organization_id, amount, entry_count, ${new Date(atMs)}::timestamptz
    from unnest(
      ${totals.map((total) => total.organizationId)}::uuid[],
      ${totals.map((total) => microsToNumeric(total.amountMicros))}::numeric[],
      ${totals.map((total) => total.count)}::bigint[]
    ) as total (organization_id, amount, entry_count)
    on conflict (organization_id) do update set
      balance = accounts.balance + excluded.balance,
      entry_count = accounts.entry_count + excluded.entry_count,
      updated_at = greatest(accounts.updated_at, excluded.updated_at)
    returning organization_id, balance, entry_count, updated_at`
  return rows.map((row) => ({
    organizationId: row.organization_id,
    balanceMicros: numericToMicros(row.balance),
    entryCount: row.entry_count,
    updatedAtMs: row.updated_at.getTime(),
  }))
}
