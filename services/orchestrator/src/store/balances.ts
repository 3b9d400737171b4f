import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import type { Balance } from '../domain/balance.ts'
import { balances } from './schema.ts'

/** Keeps what billing told, each organization once, unless something newer is known. */
export async function keepBalances(tx: Tx | Database, told: readonly Balance[]): Promise<void> {
  const rows = [...told].sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1))
  await insertRows(tx, balances, rows, {
    onConflict: { key: ['organizationId'], replace: ['hasCredits', 'entryCount'], where: 'stored.entry_count < excluded.entry_count' },
  })
}

export async function isBalanceKnown({ sql }: Pick<Database, 'sql'>, organizationId: string): Promise<boolean> {
  const rows = await sql`select 1 from balances where organization_id = ${organizationId}`
  return rows.length > 0
}

/** Whether billing has told that an organization has credits. */
export async function hasCredits({ sql }: Pick<Database, 'sql'>, organizationId: string): Promise<boolean> {
  const rows = await sql`select from balances where organization_id = ${organizationId} and has_credits`
  return rows.length > 0
}

/** Organizations with a live execution whose balance was never told. */
export async function findUnknownBalances({ sql }: Pick<Database, 'sql'>, limit: number): Promise<string[]> {
  const rows = await sql<{ organization_id: string }[]>`
    select distinct organization_id from executions where not settled
    and organization_id not in (select organization_id from balances) limit ${limit}`
  return rows.map((row) => row.organization_id)
}
