import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { PostgresJsSession } from 'drizzle-orm/postgres-js'
import type { Sql } from 'postgres'
import type { Orm } from './database.ts'
import type { Statements } from './statements.ts'

const dialect = new PgDialect()

export function ormOver(sql: Statements): Orm {
  // The session calls only `unsafe`.
  return new PgDatabase(dialect, new PostgresJsSession(sql as unknown as Sql, dialect, undefined), undefined)
}
