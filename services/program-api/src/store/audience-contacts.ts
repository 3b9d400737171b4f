import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, eq, getTableColumns } from 'drizzle-orm'
import { type ContactRow, contactOrder } from './contacts.ts'
import { audienceContacts, contacts } from './schema.ts'

/**
 * Adds contacts to an audience. Returns which of the ids belong to the organization, and how many were not in the audience before.
 * The lock on the contacts prevents that they are deleted at the same time.
 */
export async function addAudienceContacts(
  tx: Tx,
  organizationId: string,
  audienceId: string,
  contactIds: readonly string[],
): Promise<{ known: Set<string>; added: number }> {
  const known = await tx.sql<{ id: string }[]>`
    select id from contacts where organization_id = ${organizationId} and id = any(${[...contactIds]}::uuid[]) order by id for key share`
  const rows = known.map((row) => ({ audienceId, contactId: row.id }))
  const added = await insertRows(tx, audienceContacts, rows, { onConflict: 'skip' })
  return { known: new Set(known.map((row) => row.id)), added }
}

export async function removeAudienceContacts(tx: Tx, audienceId: string, contactIds: readonly string[]): Promise<number> {
  const removed = await tx.sql`
    delete from audience_contacts where audience_id = ${audienceId} and contact_id = any(${[...contactIds]}::uuid[])`
  return removed.count
}

/** By the contacts' own age, not by when they joined. */
export const audienceContactOrder = newestFirst<ContactRow>([audienceContacts.contactId], ({ id }) => [id])

export async function listAudienceContacts(orm: Orm, organizationId: string, audienceId: string, slice: Slice): Promise<ContactRow[]> {
  // Both sides of the join have the condition. With only one, the planner reads the other side from its start.
  const behind = and(slice.where, slice.after && contactOrder.behind(slice.after))
  return orm
    .select(getTableColumns(contacts))
    .from(audienceContacts)
    .innerJoin(contacts, and(eq(contacts.organizationId, organizationId), eq(contacts.id, audienceContacts.contactId)))
    .where(and(eq(audienceContacts.audienceId, audienceId), behind))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
}

/** Contacts in one page of {@link snapshotPages}. Pages of more than 128 KB are garbage-collected late: they cost memory and save no time. */
const pageSize = 500

/**
 * The contacts of an audience as lines of JSON (`SnapshotContact` of the contracts), ordered by id, page by page. Memory holds one page, whatever the
 * size of the audience, and no transaction stays open while the receiver works. The database writes the JSON, because parsing each row and writing it
 * again would cost more than everything else here.
 */
export async function* snapshotPages(database: Database, organizationId: string, audienceId: string): AsyncGenerator<string> {
  // Again the condition for both sides.
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const [page] = await database.sql<{ lines: string | null; last: string | null; size: number }[]>`
      select string_agg(line, '' order by id) as lines, max(id::text) as last, count(*)::integer as size from (
        select c.id, concat('{"id":"', c.id, '","phone":"', c.phone, '","firstName":', coalesce(to_json(c.first_name)::text, 'null'),
                            ',"lastName":', coalesce(to_json(c.last_name)::text, 'null'), ',"attributes":', c.attributes, E'}\n') as line
        from audience_contacts m
        join contacts c on c.organization_id = ${organizationId} and c.id = m.contact_id
        where m.audience_id = ${audienceId} and m.contact_id > ${after} and c.id > ${after}
        order by m.contact_id
        limit ${pageSize}
      ) as page`
    if (!page?.lines || !page.last) return
    yield page.lines
    if (page.size < pageSize) return
    after = page.last
  }
}
