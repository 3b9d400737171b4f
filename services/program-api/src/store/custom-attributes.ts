import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice, sliceOf } from '@carillon/service-kit/postgres/list-order'
import { and, eq } from 'drizzle-orm'
import { customAttributes } from './schema.ts'

export type CustomAttributeRow = typeof customAttributes.$inferSelect

export const customAttributeOrder = newestFirst<CustomAttributeRow>([customAttributes.id], ({ id }) => [id])

/** The attributes of an organization: all of them, or a slice. */
export async function listCustomAttributes(orm: Orm, organizationId: string, slice?: Slice): Promise<CustomAttributeRow[]> {
  const { where, orderBy, limit, offset } = slice ?? sliceOf(customAttributeOrder)
  return orm
    .select()
    .from(customAttributes)
    .where(and(eq(customAttributes.organizationId, organizationId), where))
    .orderBy(...orderBy)
    .limit(limit)
    .offset(offset)
}

/** Adds the attributes whose slug is new to the organization, and returns those. Sorted by slug, so that two requests never deadlock. */
export async function insertCustomAttributes(tx: Tx, rows: readonly CustomAttributeRow[]): Promise<CustomAttributeRow[]> {
  if (rows.length === 0) return []
  return tx.orm
    .insert(customAttributes)
    .values(rows.toSorted((a, b) => (a.slug < b.slug ? -1 : 1)))
    .onConflictDoNothing()
    .returning()
}

/** The attribute of a slug, which cannot be deleted until the transaction ends; null if there is none. */
export async function holdCustomAttribute(tx: Tx, organizationId: string, slug: string): Promise<CustomAttributeRow | null> {
  const [row] = await tx.orm
    .select()
    .from(customAttributes)
    .where(and(eq(customAttributes.organizationId, organizationId), eq(customAttributes.slug, slug)))
    .for('key share')
  return row ?? null
}

/** Deletes an attribute, and its values from all contacts. If it is in use, the transaction must be rolled back. */
export async function deleteCustomAttribute(
  tx: Tx,
  organizationId: string,
  id: string,
  isInUse: (slug: string) => Promise<boolean>,
): Promise<'deleted' | 'missing' | 'in_use'> {
  const [deleted] = await tx.orm
    .delete(customAttributes)
    .where(and(eq(customAttributes.organizationId, organizationId), eq(customAttributes.id, id)))
    .returning({ slug: customAttributes.slug })
  if (!deleted) return 'missing'
  if (await isInUse(deleted.slug)) return 'in_use'
  await tx.sql`
    update contacts set attributes = attributes - ${deleted.slug}::text
    where organization_id = ${organizationId} and attributes ? ${deleted.slug}`
  return 'deleted'
}
