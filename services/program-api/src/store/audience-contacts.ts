import type { Database, Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, eq, getTableColumns } from 'drizzle-orm'
import type { ContactRow } from './contacts.ts'
import { audienceContacts, contacts } from './schema.ts'

/**
 * Adds contacts to an audience, and returns which of the ids are the organization's and how many were not in the audience before.
 * The contacts are locked against being deleted meanwhile.
 */
export async function addAudienceContacts(
  tx: Tx,
  organizationId: string,
  audienceId: string,
  contactIds: readonly string[],
): Promise<{ known: Set<string>; added: number }> {
  const known = await tx.sql<{ id: string }[]>`
    select id from contacts where organization_id = ${organizationId} and id = any(${[...contactIds]}::uuid[]) order by id for key share`
  const added = await tx.sql`
    insert into audience_contacts (audience_id, contact_id)
    select ${audienceId}::uuid, unnest(${known.map((row) => row.id)}::uuid[]) on conflict do nothing`
  return { known: new Set(known.map((row) => row.id)), added: added.count }
}

export async function removeAudienceContacts(tx: Tx, audienceId: string, contactIds: readonly string[]): Promise<number> {
  const removed = await tx.sql`
    delete from audience_contacts where audience_id = ${audienceId} and contact_id = any(${[...contactIds]}::uuid[])`
  return removed.count
}

export async function listAudienceContacts(
  orm: Orm,
  organizationId: string,
  audienceId: string,
  page: number,
  limit: number,
): Promise<ContactRow[]> {
  return orm
    .select(getTableColumns(contacts))
    .from(audienceContacts)
    .innerJoin(contacts, and(eq(contacts.organizationId, organizationId), eq(contacts.id, audienceContacts.contactId)))
    .where(eq(audienceContacts.audienceId, audienceId))
    .orderBy(asc(audienceContacts.contactId))
    .limit(limit)
    .offset((page - 1) * limit)
}

/** Contacts in one page of {@link snapshotPages}: pages of more than 128 KB are collected late, and cost memory instead of saving time. */
const pageSize = 500

/**
 * The contacts of an audience as lines of JSON (contract: SnapshotContact), ordered by id, page by page: memory holds one page however large the
 * audience is, and no transaction stays open while the receiver works. The database writes the JSON: parsing a row only to write it again would
 * cost more than all the rest.
 */
export async function* snapshotPages(database: Database, organizationId: string, audienceId: string): AsyncGenerator<string> {
  // Both sides of the join begin behind the last page: told of one alone, the planner merges the other from its start, page after page.
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
