import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, asc, count, eq, getTableColumns, sql } from 'drizzle-orm'
import { audienceContacts, audiences } from './schema.ts'

export type AudienceRow = typeof audiences.$inferSelect & { size: number }

const own = (organizationId: string, id: string) => and(eq(audiences.organizationId, organizationId), eq(audiences.id, id))

// Counted on each read. A stored counter would make imports into one audience wait for each other.
const size = sql<number>`(select count(*) from ${audienceContacts} where ${audienceContacts.audienceId} = ${audiences.id})`.mapWith(Number)
const withSize = { ...getTableColumns(audiences), size }

export async function insertAudience(tx: Tx, row: typeof audiences.$inferInsert): Promise<AudienceRow> {
  const [inserted] = await tx.orm.insert(audiences).values(row).returning()
  if (!inserted) throw new Error('an insert returned no row')
  return { ...inserted, size: 0 }
}

export async function findAudience(orm: Orm, organizationId: string, id: string): Promise<AudienceRow | undefined> {
  const [row] = await orm.select(withSize).from(audiences).where(own(organizationId, id))
  return row
}

/** Whether the organization has the audience. Its contacts are not counted. */
export async function audienceExists(orm: Orm, organizationId: string, id: string): Promise<boolean> {
  const rows = await orm.select({ id: audiences.id }).from(audiences).where(own(organizationId, id))
  return rows.length > 0
}

/** The oldest audience of that name. Other transactions that call this with the same name wait until this one ends, so that only one creates it. */
export async function lockAudienceName(tx: Tx, organizationId: string, name: string): Promise<string | undefined> {
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('audience/' || ${organizationId}::text || '/' || ${name}::text, 0))`
  const [row] = await tx.orm
    .select({ id: audiences.id })
    .from(audiences)
    .where(and(eq(audiences.organizationId, organizationId), eq(audiences.name, name)))
    .orderBy(asc(audiences.id))
    .limit(1)
  return row?.id
}

/** Whether the audience exists. If so, it cannot be deleted until the transaction ends. */
export async function holdAudience(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const rows = await tx.orm.select({ id: audiences.id }).from(audiences).where(own(organizationId, id)).for('key share')
  return rows.length > 0
}

export const audienceOrder = newestFirst<AudienceRow>([audiences.id], ({ id }) => [id])

export async function listAudiences(orm: Orm, organizationId: string, slice: Slice) {
  const ofOrganization = eq(audiences.organizationId, organizationId)
  const rows = await orm
    .select(withSize)
    .from(audiences)
    .where(and(ofOrganization, slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  const [counted] = await orm.select({ total: count() }).from(audiences).where(ofOrganization)
  return { rows, total: counted?.total ?? 0 }
}

export async function renameAudience(tx: Tx, organizationId: string, id: string, name: string, updatedAt: Date): Promise<boolean> {
  const rows = await tx.orm.update(audiences).set({ name, updatedAt }).where(own(organizationId, id)).returning({ id: audiences.id })
  return rows.length > 0
}

export async function deleteAudience(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const deleted = await tx.orm.delete(audiences).where(own(organizationId, id)).returning({ id: audiences.id })
  if (deleted.length === 0) return false
  await tx.orm.delete(audienceContacts).where(eq(audienceContacts.audienceId, id))
  return true
}
