import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, eq } from 'drizzle-orm'
import { customAttributes } from './schema.ts'

export type CustomAttributeRow = typeof customAttributes.$inferSelect

/** The attributes of an organization, in the order in which they were made. */
export async function listCustomAttributes(orm: Orm, organizationId: string): Promise<CustomAttributeRow[]> {
  return orm.select().from(customAttributes).where(eq(customAttributes.organizationId, organizationId)).orderBy(asc(customAttributes.id))
}

/** Adds those attributes whose slugs the organization does not have; returns what was added. In the order of slugs, so that two never deadlock. */
export async function insertCustomAttributes(tx: Tx, rows: readonly CustomAttributeRow[]): Promise<CustomAttributeRow[]> {
  if (rows.length === 0) return []
  return tx.orm
    .insert(customAttributes)
    .values([...rows])
    .onConflictDoNothing()
    .returning()
}

/** Deletes an attribute, and its values from all contacts. False where there is none. */
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
