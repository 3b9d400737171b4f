import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { DrizzleQueryError, type ExtractTablesWithRelations } from 'drizzle-orm'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { type PostgresJsQueryResultHKT, PostgresJsSession } from 'drizzle-orm/postgres-js'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { type ClockAnchor, clockSettings } from '../process/clock.ts'

type NoSchema = Record<string, never>

/** drizzle's query builder, for ordinary queries. */
export type Orm = PgDatabase<PostgresJsQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>

/** Statements outside a transaction. `sql` is postgres.js, for batches; `orm` is drizzle, for the rest. */
export interface Database {
  readonly sql: Sql
  readonly orm: Orm
  /** Runs `work` in one transaction. What `work` registered by `tx.afterCommit` runs once it has committed. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Reads from one snapshot: everything that `work` selects is of the same instant, and nothing is written. */
  snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** One connection apart from the pool, for locks that live as long as it does; `onLost` is called when it closes. End it with `end()`. */
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

// With the default of 100, a pool under more load than it has connections slows down without end. The types do not know the option.
const pipelining = { max_pipeline: 1 }

function ormOver(sql: Sql | TransactionSql): Orm {
  // The session calls only `unsafe` and `begin`/`savepoint` of what it is given, which both have.
  return new PgDatabase(dialect, new PostgresJsSession(sql as Sql, dialect, undefined), undefined)
}

/**
 * Connects to Postgres. Types: `bigint` comes as a number (an unsafe one throws), `timestamptz` as a `Date`, `numeric` as text;
 * a string given for `json`/`jsonb` is JSON text already, anything else is serialized.
 */
export function connectDatabase(options: DatabaseOptions): Database {
  const half = Math.ceil(options.connections / 2)
  const sql = connect(options, { max: half })
  // The driver may send `begin` behind another statement on a busy connection, where it fails and leaves the connection inside a transaction
  // that nobody ever commits. In a pool where everything is a transaction, no connection is ever busy with anything else.
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

// Plans are made once for a connection, often while a table is still empty, and a plan that reads the whole of it would be kept for as long as the
// connection lives. Every statement of a service has an index to go by; one that has none still runs.
const planning = { enable_seqscan: 'off', jit: 'off' }

// A transaction that nobody goes on with gives its locks back.
const sessions = { idle_in_transaction_session_timeout: 120_000 }

/** A statement of a transaction that has no answer after this long never gets one: the longest, a launch's copy of a million rows, takes seconds. */
const answerLimitMs = 60_000
/** A connection that the server says it ends is closed within moments. */
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
      // Down a lost connection the driver's rollback would end the process, or run into the next user's start-up on the same connection. There,
      // `begin` has rejected already, and this may wait for ever.
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

/** What is known of the connection that a transaction runs on. */
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
    /** Rejects when nothing has happened for too long. Whoever waited has been told by then: the transaction may only be rolled back. */
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

/** The driver's own word that the connection is gone, or the server's that it ends it: SQLSTATE 57P01 to 57P03. */
function saysConnectionEnds(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(CONNECTION_|57P0)/.test(String(error.code))
}

/** A statement on a connection that was lost between two statements would never be answered, and end the process. */
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

/** Whether a failure is the database's absence or a collision, which trying again may cure, and not the statement's own fault. */
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

/** Whether a statement ran into the unique constraint or index of that name. */
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

/** What the driver threw: drizzle wraps it. */
function driverError(failure: unknown): unknown {
  return failure instanceof DrizzleQueryError ? failure.cause : failure
}
