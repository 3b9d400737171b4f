import { insertRows } from '@carillon/service-kit/postgres/batch'
import { instant } from '@carillon/service-kit/postgres/columns'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, desc, eq, getTableName, gt, isNotNull, lte, sql } from 'drizzle-orm'
import { bigint, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Happened } from '../domain/cut.ts'
import { type Change, decodeChanges, decodeFigures, encodeChanges, encodeFigures, type Figures, withChanges } from '../domain/figures.ts'

/*
 * A log of what was added to the figures of each execution. The figures at a position are those of the last snapshot before it, and what was added since.
 */

/** More changes than this since the last snapshot, and the next row holds one. It is about what a batch adds when the stream is full. */
const changesBetweenSnapshots = 4_000

/** A table of such a log. */
export function figureTable<Name extends string>(name: Name) {
  return pgTable(
    name,
    {
      executionId: uuid('execution_id').notNull(),
      /** Of its last change. */
      position: bigint('position', { mode: 'number' }).notNull(),
      /** Numbers the rows of an execution. */
      step: integer('step').notNull(),
      /** When its last change happened. */
      at: instant('at').notNull(),
      changes: text('changes').notNull(),
      changesSince: integer('changes_since').notNull(),
      snapshot: text('snapshot'),
    },
    (table) => [primaryKey({ columns: [table.executionId, table.position, table.step] })],
  )
}

type FigureTable = ReturnType<typeof figureTable>

/** The end of an execution's log. */
export interface LogEnd extends Happened {
  readonly step: number
  readonly changesSince: number
}

const emptyLog: LogEnd = { position: 0, atMs: 0, step: 0, changesSince: 0 }

/** Where the logs of these executions end. One that has no row yet ends at position 0. */
export async function logEnds(tx: Tx, table: FigureTable, executionIds: readonly string[]): Promise<ReadonlyMap<string, LogEnd>> {
  const rows = await tx.sql<{ execution_id: string; position: number; step: number; at: Date; changes_since: number }[]>`
    select last.* from unnest(${[...executionIds]}::uuid[]) as wanted (id) cross join lateral (
      select execution_id, position, step, at, changes_since from ${tx.sql(getTableName(table))}
      where execution_id = wanted.id order by position desc, step desc limit 1
    ) as last`
  const ends = new Map<string, LogEnd>(executionIds.map((id) => [id, emptyLog]))
  for (const { execution_id, position, step, at, changes_since } of rows) {
    ends.set(execution_id, { position, step, atMs: at.getTime(), changesSince: changes_since })
  }
  return ends
}

/** Figures that a snapshot does not hold, because there can be very many: what was added to them up to a row, since the last one that had them. */
export interface Flushed {
  readonly executionId: string
  readonly step: number
  readonly figures: Figures
}

/**
 * Appends a row for each execution.
 *
 * @param added the changes of each execution, in order, from its log's end on.
 * @param isWide whether there can be very many figures of the key's kind.
 * @returns the wide figures, where a snapshot leaves them out.
 */
export async function appendChanges(
  tx: Tx,
  table: FigureTable,
  ends: ReadonlyMap<string, LogEnd>,
  added: ReadonlyMap<string, readonly Change[]>,
  isWide: (key: string) => boolean = () => false,
): Promise<Flushed[]> {
  const flushed: Flushed[] = []
  const rows: (typeof table.$inferInsert & { snapshot: string | null })[] = []
  for (const [executionId, changes] of added) {
    const last = changes.at(-1)
    if (!last) continue
    const end = ends.get(executionId) ?? emptyLog
    const step = end.step + 1
    const changesSince = end.changesSince + changes.length
    const isSnapshot = changesSince > changesBetweenSnapshots
    const row = { executionId, position: last.position, step, at: new Date(last.atMs), changes: encodeChanges(changes) }
    if (!isSnapshot) {
      rows.push({ ...row, changesSince, snapshot: null })
      continue
    }
    const figures = withChanges(await figuresAt(tx.orm, table, executionId, end.position), changes)
    const [wide, narrow] = [[...figures].filter(([key]) => isWide(key)), [...figures].filter(([key]) => !isWide(key))]
    flushed.push({ executionId, step, figures: new Map(wide) })
    rows.push({ ...row, changesSince: 0, snapshot: encodeFigures(new Map(narrow)) })
  }
  await insertRows(tx, table, rows)
  return flushed
}

/** The figures at a position. Wide ones are those of the changes since {@link lastSnapshot} alone. */
export async function figuresAt(orm: Orm, table: FigureTable, executionId: string, position: number): Promise<Figures> {
  const base = await lastSnapshot(orm, table, executionId, position)
  const since = and(eq(table.executionId, executionId), sql`(${table.position}, ${table.step}) > (${base.position}, ${base.step})`)
  const { changes } = table
  const rows = await orm
    .select({ changes })
    .from(table)
    .where(and(since, lte(table.position, position)))
  // Rows do not overlap: of those that end later only the first can hold changes up to the position.
  const [cut] = await orm
    .select({ changes })
    .from(table)
    .where(and(since, gt(table.position, position)))
    .orderBy(asc(table.position), asc(table.step))
    .limit(1)
  const whole = rows.flatMap((row) => decodeChanges(row.changes))
  const part = cut ? decodeChanges(cut.changes).filter((change) => change.position <= position) : []
  return withChanges(base.figures, [...whole, ...part])
}

/** The position of the last change up to an instant; 0 if there is none. The times of a log never go back, so every later change has a later time. */
export async function positionAt(orm: Orm, table: FigureTable, executionId: string, atMs: number): Promise<number> {
  const [whole] = await orm
    .select({ position: table.position, step: table.step })
    .from(table)
    .where(and(eq(table.executionId, executionId), lte(table.at, new Date(atMs))))
    .orderBy(desc(table.at), desc(table.position), desc(table.step))
    .limit(1)
  const { position, step } = whole ?? { position: 0, step: 0 }
  const [next] = await orm
    .select({ changes: table.changes })
    .from(table)
    .where(and(eq(table.executionId, executionId), sql`(${table.position}, ${table.step}) > (${position}, ${step})`))
    .orderBy(asc(table.position), asc(table.step))
    .limit(1)
  const part = next ? decodeChanges(next.changes).findLast((change) => change.atMs <= atMs) : undefined
  return part?.position ?? position
}

/** When the last change happened; null if there is none. */
export async function lastChangeAt(orm: Orm, table: FigureTable, executionId: string): Promise<number | null> {
  const [row] = await orm
    .select({ at: table.at })
    .from(table)
    .where(eq(table.executionId, executionId))
    .orderBy(desc(table.position), desc(table.step))
    .limit(1)
  return row?.at.getTime() ?? null
}

/** The last snapshot up to a position, or the beginning of the log. */
export async function lastSnapshot(orm: Orm, table: FigureTable, executionId: string, position: number) {
  const [row] = await orm
    .select({ position: table.position, step: table.step, snapshot: table.snapshot })
    .from(table)
    .where(and(eq(table.executionId, executionId), lte(table.position, position), isNotNull(table.snapshot)))
    .orderBy(desc(table.position), desc(table.step))
    .limit(1)
  const figures: Figures = row?.snapshot ? decodeFigures(row.snapshot) : new Map()
  return { position: row?.position ?? -1, step: row?.step ?? 0, figures }
}

/** The first change after a position that fits. */
export async function firstChangeAfter(
  orm: Orm,
  table: FigureTable,
  executionId: string,
  position: number,
  fits: (change: Change) => boolean = () => true,
): Promise<Happened | undefined> {
  let after = { position, step: beyondEveryStep }
  for (;;) {
    const rows = await orm
      .select({ position: table.position, step: table.step, changes: table.changes })
      .from(table)
      .where(and(eq(table.executionId, executionId), sql`(${table.position}, ${table.step}) > (${after.position}, ${after.step})`))
      .orderBy(asc(table.position), asc(table.step))
      .limit(searchedAtOnce)
    for (const row of rows) {
      const found = decodeChanges(row.changes).find((change) => change.position > position && fits(change))
      if (found) return found
    }
    const last = rows.at(-1)
    if (!last || rows.length < searchedAtOnce) return undefined
    after = last
  }
}

const searchedAtOnce = 20
/** The greatest integer of Postgres. */
const beyondEveryStep = 2_147_483_647

/** The position of the last row; 0 if there is none. */
export async function logPosition(orm: Orm, table: FigureTable, executionId: string): Promise<number> {
  const [row] = await orm
    .select({ position: table.position })
    .from(table)
    .where(eq(table.executionId, executionId))
    .orderBy(desc(table.position))
    .limit(1)
  return row?.position ?? 0
}
