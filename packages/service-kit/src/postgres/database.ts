import { DrizzleQueryError, type ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import type { Sql } from 'postgres'
import type { Statements } from './statements.ts'

type NoSchema = Record<string, never>

/** drizzle's query builder, for ordinary queries. */
export type Orm = PgDatabase<PostgresJsQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>

/** Statements outside a transaction. `sql` is postgres.js, for batches and statements by hand. `orm` is drizzle, for the rest. */
export interface Database {
  readonly sql: Statements
  readonly orm: Orm
  /**
   * Runs `work` in one transaction. What `work` registered by `tx.afterCommit` runs once it has committed. With a limit, it is rolled back when it takes
   * longer: its locks are free then, even if `work` never ends.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, limitMs?: number): Promise<T>
  /** Reads from one snapshot: everything that `work` selects is from the same instant. It cannot write. */
  snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * For heartbeats and leases, which must be on time: `work` uses connections that nothing else uses. If it is not done within half the limit, or its
   * connection is lost, it runs once more on a fresh one. So it must be safe to run twice.
   */
  promptly<T>(limitMs: number, work: (sql: Statements) => Promise<T>): Promise<T>
  /** One connection outside the pool, for locks that last as long as it does. `onLost` is called when it closes. Close it with `end()`. */
  dedicated(onLost?: () => void): Sql
  close(): Promise<void>
}

/** Statements inside one transaction. */
export interface Tx {
  readonly sql: Statements
  readonly orm: Orm
  afterCommit(action: () => void): void
}

/** Whether another try may succeed: the database could not be reached, or transactions collided. The statement itself is not at fault. */
export function isTransient(failure: unknown): boolean {
  const error = driverError(failure)
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(CONNECTION|CONNECT_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/.test(code) ||
    // SQLSTATE classes: connection, serialization and deadlock, resources, operator intervention, lock not available
    /^(08|40|53|57)/.test(code) ||
    code === '55P03'
  )
}

/** Whether a statement violated the unique constraint or index of that name. */
export function isUniqueViolation(failure: unknown, constraint: string): boolean {
  const error = driverError(failure)
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '23505' &&
    'constraint_name' in error &&
    error.constraint_name === constraint
  )
}

/** The driver's error: drizzle wraps it. */
function driverError(failure: unknown): unknown {
  return failure instanceof DrizzleQueryError ? failure.cause : failure
}
