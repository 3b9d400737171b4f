import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { uuidFormat } from '../process/formats.ts'

/** The values of the columns that a list is ordered by, in one row. */
export type Position = readonly (string | number)[]

/** The order of a list. No two rows have the same position, so a list can go on behind any row. */
export interface ListOrder<Row> {
  readonly orderBy: SQL[]
  /** The position of a row as the store returns it. */
  positionOf(row: Row): Position
  /** The condition that a row comes after a position. An index on the columns serves it, whatever the position. */
  behind(position: Position): SQL
  /** Whether values that came from outside can be compared with the columns. */
  isPosition(values: readonly unknown[]): values is Position
}

/** The part of a list that a statement reads. */
export interface Slice {
  /** The position that the slice goes on behind, and the condition that says so. */
  readonly after: Position | undefined
  readonly where: SQL | undefined
  readonly orderBy: SQL[]
  readonly limit: number
  readonly offset: number
}

/** More rows than a list has. */
const unlimited = 2 ** 31 - 1

/** The latest row first. The last column is unique within the list; an id of version 7 is enough, because it begins with the time. */
export function newestFirst<Row>(columns: readonly PgColumn[], positionOf: (row: Row) => Position): ListOrder<Row> {
  return listOrder(columns, positionOf, sql.raw('desc'), sql.raw('<'))
}

/** The first row first. The last column is unique within those before it. */
export function oldestFirst<Row>(columns: readonly PgColumn[], positionOf: (row: Row) => Position): ListOrder<Row> {
  return listOrder(columns, positionOf, sql.raw('asc'), sql.raw('>'))
}

/** A slice from the start of a list, or behind a position. */
export function sliceOf<Row>(
  order: ListOrder<Row>,
  { after, limit = unlimited, offset = 0 }: { after?: Position | undefined; limit?: number; offset?: number } = {},
): Slice {
  return { after, where: after && order.behind(after), orderBy: order.orderBy, limit, offset }
}

function listOrder<Row>(columns: readonly PgColumn[], positionOf: (row: Row) => Position, direction: SQL, sign: SQL): ListOrder<Row> {
  const checks = columns.map(checkOf)
  return {
    orderBy: columns.map((column) => sql`${column} ${direction}`),
    positionOf,
    behind(position) {
      const values = columns.map((column, index) => sql.param(position[index], column))
      return sql`(${sql.join([...columns], sql`, `)}) ${sign} (${sql.join(values, sql`, `)})`
    },
    isPosition: (values): values is Position => values.length === checks.length && checks.every((check, index) => check(values[index])),
  }
}

const bounds: Readonly<Record<string, number>> = { smallint: 2 ** 15 - 1, integer: 2 ** 31 - 1, bigint: Number.MAX_SAFE_INTEGER }

function checkOf(column: PgColumn): (value: unknown) => boolean {
  const type = column.getSQLType()
  if (type === 'uuid') return (value) => typeof value === 'string' && uuidFormat.test(value)
  const bound = bounds[type]
  if (bound === undefined) throw new Error(`a list cannot be ordered by ${column.name}: its type ${type} has no check`)
  return (value) => Number.isSafeInteger(value) && Math.abs(Number(value)) <= bound
}
