import { getTableColumns, type InferInsertModel, type InferSelectModel } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { type Encoding, encodingOf, type Row } from './batch-encoding.ts'
import type { Statements } from './statements.ts'

/*
 * Writes many rows with one statement, made from a drizzle table:
 *
 *   insert into t as stored (…) select * from unnest($1::uuid[], $2::text[], …) as given (…) on conflict …
 *   update t as stored set … from unnest($1::uuid[], $2::text[], …) as given (…) where …
 *
 * Each column is one parameter, so a batch of any size has the same text, and Postgres keeps its plan. SQL given in `set` and `where` is part of
 * the text: it holds constants only, names columns as the database does, and calls the row in the table `stored`. The row of the batch is
 * `excluded` in a conflict of an insert, and `given` in an update.
 */

/** A transaction, or a database for a statement that is a transaction of its own. */
interface Connection {
  readonly sql: Pick<Statements, 'unsafe'>
}

/** A column by its name in the drizzle table. */
type ColumnOf<T extends PgTable> = keyof InferSelectModel<T> & string

/** A row of the batch. Every column must be given, as the statement cannot say `default` for some of its rows. */
type RowOf<T extends PgTable, C extends ColumnOf<T>> = {
  readonly [K in C & keyof InferInsertModel<T>]-?: Exclude<InferInsertModel<T>[K], undefined>
}

/** Expressions in SQL, by the column that they set. */
type Expressions<T extends PgTable> = Readonly<Partial<Record<ColumnOf<T>, string>>>

interface Returning<R extends string> {
  /** Columns to return of each row that was written. */
  returning: readonly R[]
}

/** What happens to a row whose key is in the table already: columns that are not named keep what is stored. */
export interface Conflict<T extends PgTable> {
  /** The columns of the primary key, or of a unique constraint. */
  key: readonly ColumnOf<T>[]
  /** Takes the value of the batch. */
  replace?: readonly ColumnOf<T>[]
  /** Adds the value of the batch to the stored one. */
  add?: readonly ColumnOf<T>[]
  /** Other expressions, such as `{ updatedAt: 'greatest(stored.updated_at, excluded.updated_at)' }`. */
  set?: Expressions<T>
  /** Leaves the stored row alone where this is not true, such as `stored.revision < excluded.revision`. */
  where?: string
}

export interface InsertOptions<T extends PgTable, C extends ColumnOf<T>> {
  /** The columns that the rows give; the others take their defaults. All columns of the table when absent. */
  columns?: readonly C[]
  /** An error when absent. A `Conflict` that changes nothing (`key` alone) skips the row, as `'skip'` does for every constraint. */
  onConflict?: 'skip' | Conflict<T>
}

export interface UpdateOptions<T extends PgTable, C extends ColumnOf<T>> {
  /** The columns that find the stored row. */
  key: readonly NoInfer<C>[]
  /** The columns that the rows give, the key's among them. All columns of the table when absent. Those outside the key are set. */
  columns?: readonly C[]
  /** Sets a column to an expression instead, such as `{ didNumber: 'coalesce(given.did_number, stored.did_number)' }`. */
  set?: Expressions<T>
  /** Leaves the stored row alone where this is not true, such as `stored.revision < given.revision`. */
  where?: string
}

/** Inserts rows. Returns how many were written, or the `returning` columns of those. */
export function insertRows<T extends PgTable, R extends ColumnOf<T>, C extends ColumnOf<T> = ColumnOf<T>>(
  tx: Connection,
  table: T,
  rows: readonly RowOf<T, NoInfer<C>>[],
  options: InsertOptions<T, C> & Returning<R>,
): Promise<Pick<InferSelectModel<T>, R>[]>
export function insertRows<T extends PgTable, C extends ColumnOf<T> = ColumnOf<T>>(
  tx: Connection,
  table: T,
  rows: readonly RowOf<T, NoInfer<C>>[],
  options?: InsertOptions<T, C>,
): Promise<number>
export function insertRows(tx: Connection, table: PgTable, rows: readonly Row[], options: AnyOptions = {}): Promise<Written> {
  return write(tx, table, rows, 'insert', options)
}

/** Updates the stored row of each given one; no key may come twice. Returns how many were written, or the `returning` columns of those. */
export function updateRows<T extends PgTable, R extends ColumnOf<T>, C extends ColumnOf<T> = ColumnOf<T>>(
  tx: Connection,
  table: T,
  rows: readonly RowOf<T, NoInfer<C>>[],
  options: UpdateOptions<T, C> & Returning<R>,
): Promise<Pick<InferSelectModel<T>, R>[]>
export function updateRows<T extends PgTable, C extends ColumnOf<T> = ColumnOf<T>>(
  tx: Connection,
  table: T,
  rows: readonly RowOf<T, NoInfer<C>>[],
  options: UpdateOptions<T, C>,
): Promise<number>
export function updateRows(tx: Connection, table: PgTable, rows: readonly Row[], options: AnyOptions): Promise<Written> {
  return write(tx, table, rows, 'update', options)
}

/** A count, or rows. The overloads say which. */
type Written = number | unknown[]
type Verb = 'insert' | 'update'

interface AnyConflict {
  key: readonly string[]
  replace?: readonly string[]
  add?: readonly string[]
  set?: Readonly<Record<string, string | undefined>>
  where?: string
}

interface AnyOptions {
  columns?: readonly string[]
  onConflict?: 'skip' | AnyConflict
  key?: readonly string[]
  set?: Readonly<Record<string, string | undefined>>
  where?: string
  returning?: readonly string[]
}

interface Statement {
  text: string
  given: readonly { name: string; encode: Encoding['encode'] }[]
  returning: readonly [string, PgColumn][] | undefined
}

async function write(tx: Connection, table: PgTable, rows: readonly Row[], verb: Verb, options: AnyOptions): Promise<Written> {
  if (rows.length === 0) return options.returning ? [] : 0
  const { text, given, returning } = statementOf(table, verb, options)
  const parameters = given.map(({ name, encode }) => encode(rows, name))
  const result = await tx.sql.unsafe(text, parameters, { prepare: true })
  return returning ? result.map((row) => decode(row, returning)) : result.count
}

function decode(row: Row, columns: readonly [string, PgColumn][]): Row {
  return Object.fromEntries(
    columns.map(([name, column]) => {
      const value = row[name]
      // The driver has parsed documents already. drizzle would parse one that is a string a second time.
      const isFinished = value === null || column.dataType === 'json'
      return [name, isFinished ? value : column.mapFromDriverValue(value)]
    }),
  )
}

const statements = new WeakMap<PgTable, Map<string, Statement>>()

function statementOf(table: PgTable, verb: Verb, options: AnyOptions): Statement {
  const known = statements.get(table) ?? new Map<string, Statement>()
  statements.set(table, known)
  const key = verb + JSON.stringify(options)
  const statement = known.get(key) ?? makeStatement(table, verb, options)
  known.set(key, statement)
  return statement
}

function makeStatement(table: PgTable, verb: Verb, options: AnyOptions): Statement {
  const all: Record<string, PgColumn> = getTableColumns(table)
  const columnOf = (name: string): PgColumn => {
    const column = all[name]
    if (!column) throw new Error(`${getTableConfig(table).name} has no column ${name}`)
    return column
  }
  const sqlName = (name: string) => quoted(columnOf(name).name)
  const names = options.columns ?? Object.keys(all)
  const given = names.map((name) => ({ name, ...encodingOf(columnOf(name)) }))
  const source = sourceText(given, sqlName)
  const body = verb === 'insert' ? insertText(table, source, names, options, sqlName) : updateText(table, source, names, options, sqlName)
  const returning = options.returning?.map((name): [string, PgColumn] => [name, columnOf(name)])
  const tail = returning ? ` returning ${returning.map(([name]) => `stored.${sqlName(name)} as ${quoted(name)}`).join(', ')}` : ''
  return { text: body + tail, given, returning }
}

type SqlName = (name: string) => string

/** The rows of the batch, under the name `given`. */
function sourceText(given: readonly ({ name: string } & Encoding)[], sqlName: SqlName): string {
  const arrays = given.map(({ fromParameter }, index) => fromParameter(`$${index + 1}`))
  const source = `unnest(${arrays.join(', ')}) as given (${given.map(({ name }) => sqlName(name)).join(', ')})`
  if (given.every(({ cast }) => cast === undefined)) return source
  const columns = given.map(({ name, cast }) => (cast ? `${sqlName(name)}::${cast}` : sqlName(name)))
  return `(select ${columns.join(', ')} from ${source}) as given`
}

function insertText(table: PgTable, source: string, names: readonly string[], { onConflict }: AnyOptions, sqlName: SqlName): string {
  const insert = `insert into ${tableName(table)} as stored (${names.map(sqlName).join(', ')}) select * from ${source}`
  if (!onConflict) return insert
  if (onConflict === 'skip') return `${insert} on conflict do nothing`
  const { key, replace = [], add = [], set = {}, where } = onConflict
  const sets = [
    ...replace.map(sqlName).map((column) => `${column} = excluded.${column}`),
    ...add.map(sqlName).map((column) => `${column} = stored.${column} + excluded.${column}`),
    ...expressions(set, sqlName),
  ]
  const target = `${insert} on conflict (${key.map(sqlName).join(', ')})`
  return sets.length === 0 ? `${target} do nothing` : `${target} do update set ${sets.join(', ')}${where ? ` where ${where}` : ''}`
}

function updateText(table: PgTable, source: string, names: readonly string[], options: AnyOptions, sqlName: SqlName): string {
  const { key = [], set = {}, where } = options
  const replaced = names.filter((name) => !key.includes(name) && !(name in set)).map(sqlName)
  const sets = [...replaced.map((column) => `${column} = given.${column}`), ...expressions(set, sqlName)]
  const matches = key.map(sqlName).map((column) => `stored.${column} = given.${column}`)
  if (where) matches.push(`(${where})`)
  return `update ${tableName(table)} as stored set ${sets.join(', ')} from ${source} where ${matches.join(' and ')}`
}

function expressions(set: Readonly<Record<string, string | undefined>>, sqlName: SqlName): string[] {
  return Object.entries(set).map(([name, expression]) => `${sqlName(name)} = ${expression}`)
}

function tableName(table: PgTable): string {
  const { schema, name } = getTableConfig(table)
  return schema ? `${quoted(schema)}.${quoted(name)}` : quoted(name)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
