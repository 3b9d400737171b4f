import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { oldestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, eq } from 'drizzle-orm'
import { contactImports, importRejections, importWarnings } from './schema.ts'

export type ContactImportRow = typeof contactImports.$inferSelect

/** The results of rows: `rows` = `created` + `updated` + `duplicates` + `rejected`. `warned` counts warnings. */
export interface ImportCounts {
  rows: number
  created: number
  updated: number
  duplicates: number
  rejected: number
  warned: number
}

export interface StoredRejection {
  line: number
  reason: string
  value: string
}

/** `ordinal` numbers the warnings of one line. */
export interface StoredWarning extends StoredRejection {
  ordinal: number
  column: string | null
}

export async function insertImport(
  tx: Tx,
  row: { id: string; organizationId: string; audienceId: string | null; startedAt: Date },
): Promise<void> {
  await tx.orm.insert(contactImports).values({ ...row, status: 'running' })
}

export async function addToImport(tx: Tx, importId: string, counts: ImportCounts): Promise<void> {
  const { rows, created, updated, duplicates, rejected, warned } = counts
  await tx.sql`
    update contact_imports set
      rows = rows + ${rows}, created = created + ${created}, updated = updated + ${updated},
      duplicates = duplicates + ${duplicates}, rejected = rejected + ${rejected}, warned = warned + ${warned}
    where id = ${importId}`
}

export async function insertImportProblems(
  tx: Tx,
  importId: string,
  rejections: readonly StoredRejection[],
  warnings: readonly StoredWarning[],
): Promise<void> {
  await insertRows(
    tx,
    importRejections,
    rejections.map((rejection) => ({ importId, ...rejection })),
  )
  await insertRows(
    tx,
    importWarnings,
    warnings.map((warning) => ({ importId, ...warning })),
  )
}

export async function endImport(orm: Orm, importId: string, status: 'completed' | 'failed', endedAt: Date): Promise<void> {
  await orm.update(contactImports).set({ status, endedAt }).where(eq(contactImports.id, importId))
}

export async function findImport(orm: Orm, organizationId: string, id: string): Promise<ContactImportRow | undefined> {
  const [row] = await orm
    .select()
    .from(contactImports)
    .where(and(eq(contactImports.organizationId, organizationId), eq(contactImports.id, id)))
  return row
}

/** The order of the file. */
export const rejectionOrder = oldestFirst<StoredRejection>([importRejections.line], ({ line }) => [line])
export const warningOrder = oldestFirst<StoredWarning>([importWarnings.line, importWarnings.ordinal], ({ line, ordinal }) => [
  line,
  ordinal,
])

export async function listRejections(orm: Orm, importId: string, slice: Slice): Promise<StoredRejection[]> {
  return orm
    .select({ line: importRejections.line, reason: importRejections.reason, value: importRejections.value })
    .from(importRejections)
    .where(and(eq(importRejections.importId, importId), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
}

export async function listWarnings(orm: Orm, importId: string, slice: Slice): Promise<StoredWarning[]> {
  const { line, ordinal, column, reason, value } = importWarnings
  return orm
    .select({ line, ordinal, column, reason, value })
    .from(importWarnings)
    .where(and(eq(importWarnings.importId, importId), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
}
