import type { DidStatus } from '@carillon/contracts/did'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, count, eq, inArray, isNull, or, type SQL } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/pg-core'
import { dids } from './schema.ts'

export type DidRow = typeof dids.$inferSelect

/** The index that makes a number unique within an organization. */
export const didNumberIndex = 'dids_number'

const accessible = (organizationId: string) => or(eq(dids.organizationId, organizationId), isNull(dids.organizationId))

export async function insertDid(tx: Tx, row: DidRow): Promise<void> {
  await tx.orm.insert(dids).values(row)
}

/** A DID that the organization may use: its own, or one of the platform. */
export async function findDid(orm: Orm, organizationId: string, id: string): Promise<DidRow | undefined> {
  const [row] = await orm
    .select()
    .from(dids)
    .where(and(accessible(organizationId), eq(dids.id, id)))
  return row
}

/** DIDs by id, of any organization and in no order: a pool is checked against them. */
export async function findDids(orm: Orm, ids: readonly string[]): Promise<DidRow[]> {
  if (ids.length === 0) return []
  return orm
    .select()
    .from(dids)
    .where(inArray(dids.id, [...ids]))
}

/** The active DIDs of a pool that the organization may use, in the order of the pool. */
export async function findActiveDids(orm: Orm, organizationId: string, pool: readonly string[]): Promise<{ id: string; number: string }[]> {
  if (pool.length === 0) return []
  const rows = await orm
    .select({ id: dids.id, number: dids.number })
    .from(dids)
    .where(and(accessible(organizationId), eq(dids.status, 'active'), inArray(dids.id, [...pool])))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return pool.flatMap((id) => byId.get(id) ?? [])
}

export const didOrder = newestFirst<DidRow>([dids.id], ({ id }) => [id])

/** The DIDs that the organization may use. */
export async function listDids(orm: Orm, organizationId: string, slice: Slice) {
  const rows = await readAccessible(orm, organizationId, slice)
  const [counted] = await orm.select({ total: count() }).from(dids).where(accessible(organizationId))
  return { rows, total: counted?.total ?? 0 }
}

/** The active ones of them. */
export async function listAvailableDids(orm: Orm, organizationId: string, slice: Slice): Promise<DidRow[]> {
  return readAccessible(orm, organizationId, slice, eq(dids.status, 'active'))
}

/** An index gives the organization's own DIDs in order, and those of the platform. With one condition for both, all of them would be sorted. */
async function readAccessible(orm: Orm, organizationId: string, { where, orderBy, limit, offset }: Slice, only?: SQL): Promise<DidRow[]> {
  const half = (owner: SQL) =>
    orm
      .select()
      .from(dids)
      .where(and(owner, only, where))
      .orderBy(...orderBy)
      .limit(limit + offset)
  return unionAll(half(eq(dids.organizationId, organizationId)), half(isNull(dids.organizationId)))
    .orderBy(...orderBy)
    .limit(limit)
    .offset(offset)
}

export async function updateDidStatus(tx: Tx, id: string, status: DidStatus, updatedAt: Date): Promise<DidRow | undefined> {
  const [row] = await tx.orm.update(dids).set({ status, updatedAt }).where(eq(dids.id, id)).returning()
  return row
}

export async function deleteDid(tx: Tx, id: string): Promise<void> {
  await tx.orm.delete(dids).where(eq(dids.id, id))
}
