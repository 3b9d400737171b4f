import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { DrizzleQueryError, type ExtractTablesWithRelations } from 'drizzle-orm'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { type PostgresJsQueryResultHKT, PostgresJsSession } from 'drizzle-orm/postgres-js'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { type ClockAnchor, clockSettings } from '../process/clock.ts'

type NoSchema = Record<string, never>

/** drizzle's query builder, for ordinary queries. */
export type Orm = PgDatabase<PostgresJsQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>

/** Statements outside a transaction. `sql` is postgres.js, for batches and statements by hand. `orm` is drizzle, for the rest. */
export interface Database {
  readonly sql: Sql
  readonly orm: Orm
  /** Runs `work` in one transaction. What `work` registered by `tx.afterCommit` runs once it has committed. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Reads from one snapshot: everything that `work` selects is from the same instant. It cannot write. */
  snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** One connection outside the pool, for locks that last as long as it does. `onLost` is called when it closes. Close it with `end()`. */
  dedicated(onLost?: () => void): Sql
  close(): Promise<void>
}

/** Statements inside one transaction. */
export interface Tx {
  readonly sql: TransactionSql
  readonly orm: Orm
  afterCommit(action: () => void): void
}

export interface DatabaseOptions {
  url: string
  /** Name shown in `pg_stat_activity`. */
  name: string
  connections: number
  anchor: ClockAnchor
}

const dialect = new PgDialect()

// With the default of 100, a pool with more work than connections gets slower and slower. The driver's types lack the option.
const pipelining = { max_pipeline: 1 }

function ormOver(sql: Sql | TransactionSql): Orm {
  // The session calls only `unsafe`, `begin` and `savepoint`, which both have.
  return new PgDatabase(dialect, new PostgresJsSession(sql as Sql, dialect, undefined), undefined)
}

/**
 * Connects to Postgres. `bigint` is read as a number (an unsafe integer throws), `timestamptz` as a `Date`, `numeric` as text.
 * A string written to `json` or `jsonb` must be JSON text. Anything else is serialized.
 */
export function connectDatabase(options: DatabaseOptions): Database {
  const half = Math.ceil(options.connections / 2)
  const sql = connect(options, { max: half })
  // The driver may send `begin` behind another statement on a busy connection. If that fails, the connection stays inside a transaction that is
  // never committed. In a pool that runs only transactions, no connection is busy with anything else.
  const transactions = connect(options, { max: half })
  return {
    sql,
    orm: ormOver(sql),
    transaction: (work) => inTransaction(transactions, '', work),
    snapshot: (work) => inTransaction(transactions, 'isolation level repeatable read read only', work),
    dedicated: (onLost) => connect(options, { max: 1, ...(onLost ? { onclose: onLost } : {}) }),
    async close() {
      await Promise.all([sql.end({ timeout: 5 }), transactions.end({ timeout: 5 })])
    },
  }
}

function connect(options: DatabaseOptions, pool: { max: number; onclose?: () => void }): Sql {
  return postgres(options.url, {
    ...pool,
    ...pipelining,
    onnotice: () => undefined,
    connection: { application_name: options.name, ...planning, ...sessions, ...clockSettings(options.anchor) },
    types: {
      bigint: { to: 20, from: [20], serialize: String, parse: safeInteger },
      json: {
        to: 114,
        from: [114, 3802],
        serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
        parse: (text: string) => JSON.parse(text),
      },
    },
  }) as Sql
}

// A connection makes a plan once, often while a table is still empty, and would keep a sequential scan as the table grows. Every statement of a
// service can use an index. A statement that cannot still runs.
const planning = { enable_seqscan: 'off', jit: 'off' }

// A transaction that its process has forgotten gives its locks back.
const sessions = { idle_in_transaction_session_timeout: 120_000 }

/** A statement in a transaction that has no answer after this time will not get one. The longest, a launch's copy of a million rows, takes seconds. */
const answerLimitMs = 60_000
/** When the server says that it ends a connection, the connection closes within this time. */
const closingMs = 2_000

async function inTransaction<T>(transactions: Sql, mode: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const committed: (() => void)[] = []
  const connection = watchedConnection()
  let result: { value: T } | undefined
  const running = transactions.begin(mode, async (driverSql) => {
    const sql = watched(driverSql, connection)
    try {
      const value = await work({ sql, orm: ormOver(sql), afterCommit: (action) => committed.push(action) })
      connection.use()
      result = { value }
    } catch (error) {
      // On a lost connection, the driver's rollback would end the process, or disturb the start of the next connection. `begin` has already
      // rejected then, so this may wait for ever.
      await nextTurn()
      if (saysConnectionEnds(error)) await Promise.race([connection.whenLost, delay(closingMs)])
      if (connection.isLost()) await new Promise(() => undefined)
      throw error
    }
  })
  running.catch(() => connection.lose())
  try {
    await Promise.race([running, connection.whenSilent])
  } finally {
    connection.release()
  }
  if (!result) throw new Error('the transaction ended without a result')
  for (const action of committed) action()
  return result.value
}

/** The state of the connection that a transaction runs on. */
function watchedConnection() {
  let lost = false
  let given: Error | undefined
  let tellLost = () => {}
  let tellSilent = (_error: Error) => {}
  const giveUp = () => {
    given = connectionError('a statement was not answered')
    tellSilent(given)
  }
  let timer = setTimeout(giveUp, answerLimitMs).unref()
  return {
    isLost: () => lost,
    whenLost: new Promise<void>((resolve) => {
      tellLost = resolve
    }),
    /** Rejects when nothing has happened for too long. After that, the transaction can only be rolled back. */
    whenSilent: new Promise<never>((_resolve, reject) => {
      tellSilent = reject
    }),
    /** Before each statement, and before the commit. */
    use() {
      if (lost) throw connectionError('the connection was lost')
      if (given) throw given
      clearTimeout(timer)
      timer = setTimeout(giveUp, answerLimitMs).unref()
    },
    lose() {
      lost = true
      tellLost()
    },
    release: () => clearTimeout(timer),
  }
}

type WatchedConnection = ReturnType<typeof watchedConnection>

function connectionError(message: string): Error {
  return Object.assign(new Error(message), { code: 'CONNECTION_CLOSED' })
}

/** Whether the driver says that the connection is gone, or the server that it ends the connection: SQLSTATE 57P01 to 57P03. */
function saysConnectionEnds(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(CONNECTION_|57P0)/.test(String(error.code))
}

/** Refuses a statement if the connection was lost after the one before: it would never be answered, and end the process. */
function watched(sql: TransactionSql, connection: WatchedConnection): TransactionSql {
  return new Proxy(sql, {
    apply(target, receiver, parameters) {
      connection.use()
      return Reflect.apply(target, receiver, parameters)
    },
    get(target, property) {
      connection.use()
      return Reflect.get(target, property)
    },
  })
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`)
  return value
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
