import type { Database, Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, count, eq, like, or, type SQL } from 'drizzle-orm'
import type { ImportedDncEntry } from '../domain/dnc-row.ts'
import { dncEntries } from './schema.ts'

export type DncEntryRow = typeof dncEntries.$inferSelect

const own = (organizationId: string, id: string) => and(eq(dncEntries.organizationId, organizationId), eq(dncEntries.id, id))

/** Writes an entry. If the number is in the list already, its entry keeps its id and its age. */
export async function putDncEntry(tx: Tx, row: DncEntryRow): Promise<DncEntryRow> {
  const { reason, source, expiresAt } = row
  const [written] = await tx.orm
    .insert(dncEntries)
    .values(row)
    .onConflictDoUpdate({ target: [dncEntries.organizationId, dncEntries.phone], set: { reason, source, expiresAt } })
    .returning()
  if (!written) throw new Error('an insert returned no row')
  return written
}

/**
 * Writes a batch of an import, in which each number is unique. Returns how many entries are new.
 *
 * The rows are sorted by number, so that two imports of the same numbers wait for each other instead of deadlocking. Written by hand: the kit's batch
 * writer would return a row for each entry.
 */
export async function putDncEntries(
  tx: Tx,
  { organizationId, source, at }: { organizationId: string; source: string; at: Date },
  batch: readonly (ImportedDncEntry & { id: string })[],
): Promise<number> {
  const sorted = batch.toSorted((a, b) => (a.phone < b.phone ? -1 : 1))
  // xmax is 0 in a row that was inserted, not updated.
  const [written] = await tx.sql<{ added: number }[]>`
    with written as (
      insert into dnc_entries (id, organization_id, phone, reason, source, expires_at, created_at)
      select id, ${organizationId}::uuid, phone, reason, ${source}, expires_at, ${at}::timestamptz
      from unnest(
        ${sorted.map((row) => row.id)}::uuid[], ${sorted.map((row) => row.phone)}::text[], ${sorted.map((row) => row.reason)}::text[],
        ${sorted.map((row) => (row.expiresAtMs === null ? null : new Date(row.expiresAtMs).toISOString()))}::timestamptz[]
      ) as incoming (id, phone, reason, expires_at)
      on conflict (organization_id, phone) do update set
        reason = excluded.reason, source = excluded.source, expires_at = excluded.expires_at
      returning xmax = 0 as is_new
    )
    select count(*) filter (where is_new)::integer as added from written`
  return written?.added ?? 0
}

export async function findDncEntry(orm: Orm, organizationId: string, id: string): Promise<DncEntryRow | undefined> {
  const [row] = await orm.select().from(dncEntries).where(own(organizationId, id))
  return row
}

/** Deletes an entry. Returns its number; undefined if it does not exist. */
export async function deleteDncEntry(tx: Tx, organizationId: string, id: string): Promise<string | undefined> {
  const [row] = await tx.orm.delete(dncEntries).where(own(organizationId, id)).returning({ phone: dncEntries.phone })
  return row?.phone
}

export const dncEntryOrder = newestFirst<DncEntryRow>([dncEntries.id], ({ id }) => [id])

/** Entries of an organization. `search` is the beginning of a number, with or without its plus. */
export async function listDncEntries(orm: Orm, organizationId: string, search: string | undefined, slice: Slice) {
  const found = and(eq(dncEntries.organizationId, organizationId), search === undefined ? undefined : beginningWith(search))
  const rows = await orm
    .select()
    .from(dncEntries)
    .where(and(found, slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  const [counted] = await orm.select({ total: count() }).from(dncEntries).where(found)
  return { rows, total: counted?.total ?? 0 }
}

/** Which of these numbers must not be called at this moment: their places in the list, from 0. */
export async function findListedNumbers(
  { sql }: Pick<Database, 'sql'>,
  numbers: readonly { organizationId: string; phone: string }[],
): Promise<number[]> {
  const rows = await sql<{ place: number }[]>`
    select (place - 1)::integer as place
    from unnest(
      ${numbers.map(({ organizationId }) => organizationId)}::uuid[], ${numbers.map(({ phone }) => phone)}::text[]
    ) with ordinality as asked (organization_id, phone, place)
    where exists (
      select from dnc_entries entry where entry.organization_id = asked.organization_id and entry.phone = asked.phone
      and (entry.expires_at is null or entry.expires_at > clock_now()) offset 0)`
  return rows.map(({ place }) => place)
}

/** Only digits and a plus: nothing in it has a meaning in a pattern. Extensions of the trunk have no plus. */
function beginningWith(search: string): SQL | undefined {
  if (search.startsWith('+')) return like(dncEntries.phone, `${search}%`)
  return or(like(dncEntries.phone, `+${search}%`), like(dncEntries.phone, `${search}%`))
}
