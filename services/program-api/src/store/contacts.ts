import type { Variables } from '@carillon/contracts/scalars'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import type { Static } from '@sinclair/typebox'
import { and, asc, count, eq, gt, ilike, inArray, like, type SQL, sql } from 'drizzle-orm'
import { contacts } from './schema.ts'

export type ContactRow = typeof contacts.$inferSelect

/** The fields of a contact that can change. `attributes` replaces all attributes. */
export interface ContactChange {
  phone?: string
  firstName?: string | null
  lastName?: string | null
  attributes?: Static<typeof Variables>
}

/** The constraint that a number is unique within an organization. */
export const phoneConstraint = 'contacts_phone'

const own = (organizationId: string, id: string) => and(eq(contacts.organizationId, organizationId), eq(contacts.id, id))

export async function insertContact(tx: Tx, row: typeof contacts.$inferInsert): Promise<ContactRow> {
  const [inserted] = await tx.orm.insert(contacts).values(row).returning()
  if (!inserted) throw new Error('an insert returned no row')
  return inserted
}

export async function findContact(orm: Orm, organizationId: string, id: string): Promise<ContactRow | undefined> {
  const [row] = await orm.select().from(contacts).where(own(organizationId, id))
  return row
}

/** These contacts as services get them, as far as they exist. */
export async function findSnapshots(orm: Orm, organizationId: string, ids: readonly string[]): Promise<SnapshotContact[]> {
  const { id, phone, firstName, lastName, attributes } = contacts
  return orm
    .select({ id, phone, firstName, lastName, attributes })
    .from(contacts)
    .where(and(eq(contacts.organizationId, organizationId), inArray(id, [...ids])))
}

/** The contact, locked until the transaction ends. */
export async function lockContact(tx: Tx, organizationId: string, id: string): Promise<ContactRow | undefined> {
  const [row] = await tx.orm.select().from(contacts).where(own(organizationId, id)).for('update')
  return row
}

export async function updateContact(
  tx: Tx,
  organizationId: string,
  id: string,
  change: ContactChange,
  updatedAt: Date,
): Promise<ContactRow> {
  const [row] = await tx.orm
    .update(contacts)
    .set({ ...change, updatedAt })
    .where(own(organizationId, id))
    .returning()
  if (!row) throw new Error('a locked contact is missing')
  return row
}

/** Deletes a contact, also from its audiences. False if it does not exist. */
export async function deleteContact(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const deleted = await tx.orm.delete(contacts).where(own(organizationId, id)).returning({ id: contacts.id })
  if (deleted.length === 0) return false
  await tx.sql`
    delete from audience_contacts
    where contact_id = ${id} and audience_id in (select id from audiences where organization_id = ${organizationId})`
  return true
}

/** The next contacts by id, which stay as they are until the transaction ends, and the last id if more may follow. */
export async function holdContactsAfter(
  tx: Tx,
  organizationId: string,
  after: string,
  limit: number,
): Promise<{ contacts: ContactRow[]; last: string | undefined }> {
  const page = await tx.orm
    .select({ id: contacts.id })
    .from(contacts)
    .where(and(eq(contacts.organizationId, organizationId), gt(contacts.id, after)))
    .orderBy(asc(contacts.id))
    .limit(limit)
  const ids = page.map(({ id }) => id)
  if (ids.length === 0) return { contacts: [], last: undefined }
  // Locked in the order of the numbers, like the rows of an import, so that the two wait for each other instead of deadlocking.
  const rows = await tx.orm
    .select()
    .from(contacts)
    .where(and(eq(contacts.organizationId, organizationId), inArray(contacts.id, ids)))
    .orderBy(asc(contacts.phone))
    .for('share')
  return { contacts: rows, last: ids.length < limit ? undefined : ids.at(-1) }
}

export const contactOrder = newestFirst<ContactRow>([contacts.id], ({ id }) => [id])

/** Contacts of an organization. `search` is part of a number or of a name. */
export async function listContacts(orm: Orm, organizationId: string, search: string | undefined, slice: Slice) {
  const found = and(eq(contacts.organizationId, organizationId), search === undefined ? undefined : matching(search))
  const rows = await orm
    .select()
    .from(contacts)
    .where(and(found, slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  const [counted] = await orm.select({ total: count() }).from(contacts).where(found)
  return { rows, total: counted?.total ?? 0 }
}

function matching(search: string): SQL {
  const digits = search.replace(/[\s().-]/g, '')
  if (/^\+?\d+$/.test(digits)) return like(contacts.phone, `%${digits}%`)
  const literal = search.trim().replace(/[\\%_]/g, '\\$&')
  return ilike(sql`coalesce(${contacts.firstName}, '') || ' ' || coalesce(${contacts.lastName}, '')`, `%${literal}%`)
}
