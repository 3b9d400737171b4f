import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { count, eq } from 'drizzle-orm'
import type { Organization } from '../domain/organization.ts'
import { organizations } from './schema.ts'

export async function insertOrganization({ orm }: Tx, organization: Organization): Promise<void> {
  await orm.insert(organizations).values(toRow(organization))
}

export async function updateOrganization({ orm }: Tx, organization: Organization): Promise<void> {
  await orm.update(organizations).set(toRow(organization)).where(eq(organizations.id, organization.id))
}

export async function findOrganization(orm: Orm, id: string): Promise<Organization | undefined> {
  const [row] = await orm.select().from(organizations).where(eq(organizations.id, id))
  return row && fromRow(row)
}

/** Nobody else changes the organization until the transaction ends. */
export async function lockOrganization({ orm }: Tx, id: string): Promise<Organization | undefined> {
  const [row] = await orm.select().from(organizations).where(eq(organizations.id, id)).for('update')
  return row && fromRow(row)
}

/** The platform's own organization, locked until the transaction ends. It is created if it does not exist. */
export async function lockPlatformOrganization({ orm }: Tx, candidate: Organization): Promise<Organization> {
  await orm.insert(organizations).values(toRow(candidate)).onConflictDoNothing()
  const [row] = await orm.select().from(organizations).where(eq(organizations.isPlatform, true)).for('update')
  if (!row) throw new Error('the platform has no organization')
  return fromRow(row)
}

export const organizationOrder = newestFirst<Organization>([organizations.id], ({ id }) => [id])

export async function listOrganizations(orm: Orm, slice: Slice) {
  const rows = await orm
    .select()
    .from(organizations)
    .where(slice.where)
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  const [counted] = await orm.select({ total: count() }).from(organizations)
  return { organizations: rows.map(fromRow), total: counted?.total ?? 0 }
}

type Row = typeof organizations.$inferSelect

function toRow({ createdAtMs, updatedAtMs, ...rest }: Organization): Row {
  return { ...rest, createdAt: new Date(createdAtMs), updatedAt: new Date(updatedAtMs) }
}

function fromRow({ createdAt, updatedAt, ...rest }: Row): Organization {
  return { ...rest, createdAtMs: createdAt.getTime(), updatedAtMs: updatedAt.getTime() }
}
