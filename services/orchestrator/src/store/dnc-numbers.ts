import type { DncAdded } from '@carillon/contracts/dnc-events'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { dncNumbers } from './schema.ts'

/** Keeps numbers that an organization must not call, each once. */
export async function keepDncNumbers(tx: Tx, organizationId: string, entries: DncAdded['data']['entries']): Promise<void> {
  const rows = entries.map(({ phone, expiresAt }) => ({
    organizationId,
    phone,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  }))
  await insertRows(tx, dncNumbers, rows, { onConflict: { key: ['organizationId', 'phone'], replace: ['expiresAt'] } })
}

export async function dropDncNumbers({ sql }: Tx, organizationId: string, phones: readonly string[]): Promise<void> {
  await sql`delete from dnc_numbers where organization_id = ${organizationId} and phone = any(${[...phones]}::text[])`
}

/** Which of these numbers the organization must not call at this moment. */
export async function findDncNumbers({ sql }: Tx, organizationId: string, phones: readonly string[], nowMs: number): Promise<Set<string>> {
  if (phones.length === 0) return new Set()
  const rows = await sql<{ phone: string }[]>`
    select phone from unnest(${[...phones]}::text[]) as asked (phone)
    where exists (
      select from dnc_numbers listed where listed.organization_id = ${organizationId} and listed.phone = asked.phone
      and (listed.expires_at is null or listed.expires_at > ${new Date(nowMs)}) offset 0)`
  return new Set(rows.map(({ phone }) => phone))
}

const sweptRows = 5_000

/** Deletes numbers that may be called again. Safe to run on several replicas at once, and to stop anywhere. */
export async function sweepDncNumbers({ sql }: Database): Promise<void> {
  for (let count = sweptRows; count === sweptRows; ) {
    const deleted = await sql`
      delete from dnc_numbers where (organization_id, phone) in (
        select organization_id, phone from dnc_numbers where expires_at <= clock_now() order by expires_at limit ${sweptRows} for update skip locked)`
    count = deleted.count
  }
}
