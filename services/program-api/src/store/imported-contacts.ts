import { maxAttributesBytes } from '@carillon/contracts/contact'
import type { Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, inArray } from 'drizzle-orm'
import type { ContactRow } from './contacts.ts'
import { contacts } from './schema.ts'

/** A contact of an import. `attributes` is JSON text. */
export interface IncomingContact {
  id: string
  phone: string
  firstName: string | null
  lastName: string | null
  attributes: string
}

interface ImportTarget {
  organizationId: string
  importId: string
  audienceId: string | null
  at: Date
}

/**
 * Writes a batch of an import, in which each number is unique. A new number becomes a contact; a known one is updated with what the file holds; all
 * of them join the audience. A number that this import has already written is skipped: it is neither created nor updated. A contact whose attributes
 * would become too large is not changed: its number is returned.
 *
 * The rows are sorted by number, so that two imports of the same people wait for each other instead of deadlocking.
 *
 * Written by hand: one statement counts created and updated rows and fills the audience. The kit's batch writer would return a row for each contact
 * and need a second statement.
 */
export async function upsertContacts(
  tx: Tx,
  target: ImportTarget,
  batch: readonly IncomingContact[],
): Promise<{ created: number; updated: number; tooLarge: string[] }> {
  const sorted = batch.toSorted((a, b) => (a.phone < b.phone ? -1 : 1))
  // xmax is 0 in a row that was inserted, not updated.
  const [written] = await tx.sql<{ created: number; updated: number }[]>`
    with written as (
      insert into contacts (organization_id, id, phone, first_name, last_name, attributes, import_id, created_at, updated_at)
      select ${target.organizationId}::uuid, id, phone, first_name, last_name, attributes::jsonb, ${target.importId}::uuid,
             ${target.at}::timestamptz, ${target.at}::timestamptz
      from unnest(
        ${sorted.map((row) => row.id)}::uuid[], ${sorted.map((row) => row.phone)}::text[], ${sorted.map((row) => row.firstName)}::text[],
        ${sorted.map((row) => row.lastName)}::text[], ${sorted.map((row) => row.attributes)}::text[]
      ) as incoming (id, phone, first_name, last_name, attributes)
      on conflict (organization_id, phone) do update set
        first_name = coalesce(excluded.first_name, contacts.first_name),
        last_name = coalesce(excluded.last_name, contacts.last_name),
        attributes = contacts.attributes || excluded.attributes,
        import_id = excluded.import_id,
        updated_at = excluded.updated_at
      where contacts.import_id is distinct from excluded.import_id
      and octet_length((contacts.attributes || excluded.attributes)::text) <= ${maxAttributesBytes}
      returning id, xmax = 0 as is_new
    ), joined as (
      insert into audience_contacts (audience_id, contact_id)
      select ${target.audienceId}::uuid, id from written where ${target.audienceId}::uuid is not null
      on conflict do nothing
    )
    select count(*) filter (where is_new)::integer as created, count(*) filter (where not is_new)::integer as updated from written`
  const { created = 0, updated = 0 } = written ?? {}
  if (created + updated === sorted.length) return { created, updated, tooLarge: [] }
  const left = await tx.sql<{ phone: string }[]>`
    select phone from contacts where organization_id = ${target.organizationId} and phone = any(${sorted.map((row) => row.phone)}::text[])
    and import_id is distinct from ${target.importId}::uuid`
  return { created, updated, tooLarge: left.map((row) => row.phone) }
}

/** The contacts of these numbers that the import has written. */
export async function contactsOfImport(
  tx: Tx,
  { organizationId, importId }: ImportTarget,
  phones: readonly string[],
): Promise<ContactRow[]> {
  return tx.orm
    .select()
    .from(contacts)
    .where(and(eq(contacts.organizationId, organizationId), inArray(contacts.phone, [...phones]), eq(contacts.importId, importId)))
}
