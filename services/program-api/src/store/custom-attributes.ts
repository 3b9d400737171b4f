import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, eq } from 'drizzle-orm'
import { customAttributes } from './schema.ts'

export type CustomAttributeRow = typeof customAttributes.$inferSelect

/** The attributes of an organization, the oldest first. */
export async function listCustomAttributes(orm: Orm, organizationId: string): Promise<CustomAttributeRow[]> {
  return orm.select().from(customAttributes).where(eq(customAttributes.organizationId, organizationId)).orderBy(asc(customAttributes.id))
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

/** Deletes an attribute, and its values from all contacts. False if it does not exist. */
export async function deleteCustomAttribute(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const [deleted] = await tx.orm
    .delete(customAttributes)
    .where(and(eq(customAttributes.organizationId, organizationId), eq(customAttributes.id, id)))
    .returning({ slug: customAttributes.slug })
  if (!deleted) return false
  await tx.sql`
    update contacts set attributes = attributes - ${deleted.slug}::text
    where organization_id = ${organizationId} and attributes ? ${deleted.slug}`
  return true
}
