import type { Database, Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, count, eq, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { ApiKey } from '../domain/api-key.ts'
import { apiKeys } from './schema.ts'

export async function insertApiKey({ orm }: Tx, key: ApiKey): Promise<void> {
  await orm.insert(apiKeys).values(toRow(key))
}

/** The key with this hash, unless it is revoked. */
export async function findValidKey(orm: Orm, hash: Buffer): Promise<ApiKey | undefined> {
  const [row] = await orm
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)))
  return row && fromRow(row)
}

/** Records that a key was used, at most once a minute. */
export async function markUsed({ orm }: Database, id: string, nowMs: number): Promise<void> {
  const stale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, new Date(nowMs - 60_000)))
  await orm
    .update(apiKeys)
    .set({ lastUsedAt: new Date(nowMs) })
    .where(and(eq(apiKeys.id, id), stale))
}

export const apiKeyOrder = newestFirst<ApiKey>([apiKeys.id], ({ id }) => [id])

export async function listApiKeys(orm: Orm, organizationId: string, slice: Slice) {
  const ofOrganization = eq(apiKeys.organizationId, organizationId)
  const rows = await orm
    .select()
    .from(apiKeys)
    .where(and(ofOrganization, slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  const [counted] = await orm.select({ total: count() }).from(apiKeys).where(ofOrganization)
  return { keys: rows.map(fromRow), total: counted?.total ?? 0 }
}

export async function lockApiKey({ orm }: Tx, organizationId: string, id: string): Promise<ApiKey | undefined> {
  const [row] = await orm
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizationId, organizationId), eq(apiKeys.id, id)))
    .for('update')
  return row && fromRow(row)
}

/** A key that is already revoked keeps its `revokedAt`. */
export async function revokeApiKey({ orm }: Tx, id: string, nowMs: number): Promise<void> {
  await orm
    .update(apiKeys)
    .set({ revokedAt: new Date(nowMs) })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
}

/**
 * Makes this key the only valid one of the configuration: inserts it, or makes it valid again if the configuration had it before, and revokes the
 * one that it replaces. Returns whether anything changed.
 */
export async function putConfiguredKey({ orm }: Tx, key: ApiKey): Promise<boolean> {
  const put = await orm
    .insert(apiKeys)
    .values(toRow(key))
    .onConflictDoUpdate({
      target: apiKeys.hash,
      set: { revokedAt: null },
      setWhere: sql`${apiKeys.isConfigured} and ${apiKeys.revokedAt} is not null`,
    })
    .returning({ id: apiKeys.id })
  const replaced = await orm
    .update(apiKeys)
    .set({ revokedAt: new Date(key.createdAtMs) })
    .where(and(eq(apiKeys.isConfigured, true), ne(apiKeys.hash, key.hash), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  return put.length + replaced.length > 0
}

type Row = typeof apiKeys.$inferSelect

function toRow({ createdAtMs, revokedAtMs, lastUsedAtMs, ...rest }: ApiKey): Row {
  return { ...rest, createdAt: new Date(createdAtMs), revokedAt: dateOf(revokedAtMs), lastUsedAt: dateOf(lastUsedAtMs) }
}

function fromRow({ createdAt, revokedAt, lastUsedAt, ...rest }: Row): ApiKey {
  return {
    ...rest,
    createdAtMs: createdAt.getTime(),
    revokedAtMs: revokedAt?.getTime() ?? null,
    lastUsedAtMs: lastUsedAt?.getTime() ?? null,
  }
}

function dateOf(instantMs: number | null): Date | null {
  return instantMs === null ? null : new Date(instantMs)
}
