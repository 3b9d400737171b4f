import postgres, { type Sql } from 'postgres'
import { type ClockAnchor, clockSettings } from '../process/clock.ts'
import { type Connection, openConnection } from './connection.ts'
import { type Database, isTransient } from './database.ts'
import { currentOrganization } from './organization-scope.ts'
import { ormOver } from './orm.ts'
import { openPool, type Pool } from './pool.ts'
import { type DriverQuery, type Statements, statements } from './statements.ts'
import { inTransaction, type Limits } from './transaction.ts'

export interface DatabaseOptions {
  url: string
  /** Name shown in `pg_stat_activity`. */
  name: string
  connections: number
  anchor: ClockAnchor
  /** Is told of each connection that was lost. */
  onLost?: (error: Error) => void
  /** How long a statement may run. The wait for a connection and the pauses of a transaction are limited too, in proportion. */
  statementLimitMs?: number
}

/**
 * Connects to Postgres. `bigint` is read as a number (an unsafe integer throws), `timestamptz` as a `Date`, `numeric` as text.
 * A string written to `json` or `jsonb` must be JSON text. Anything else is serialized.
 *
 * Each statement has a deadline, and so has each wait for a connection. A connection that does not answer is given up.
 */
export function connectDatabase(options: DatabaseOptions): Database {
  const { onLost = () => undefined, statementLimitMs = defaultStatementLimitMs } = options
  const limits = limitsOf(statementLimitMs)
  const open = () => openConnection(options.url, driverOptions(options), onLost)
  const half = Math.ceil(options.connections / 2)
  // A statement that a transaction waits for, outside of it, must find a connection even if all transactions do that.
  const plain = openPool({ max: half, open })
  const transactions = openPool({ max: half, open })
  const prompt = openPool({ max: promptConnections, open })
  // Makes queries, and never connects.
  const maker = postgres(options.url, driverOptions(options)) as unknown as Sql
  const sql = statements(maker, (query) => void sendOver(plain, query, limits.answerMs))
  const shared = { pool: transactions, maker, limits }
  return {
    sql,
    orm: ormOver(sql),
    transaction: (work, limitMs) => inTransaction({ ...shared, mode: '', limitMs }, work),
    snapshot: (work) => inTransaction({ ...shared, mode: 'isolation level repeatable read read only' }, work),
    promptly: (limitMs, work) => promptly(prompt, maker, limitMs, work),
    dedicated(onClose) {
      const patient = driverOptions({ ...options, statementLimitMs: dedicatedLimitMs })
      return postgres(options.url, { ...patient, max: 1, ...(onClose ? { onclose: onClose } : {}) }) as unknown as Sql
    },
    async close() {
      await Promise.all([plain.close(), transactions.close(), prompt.close()])
    },
  }
}

function driverOptions({
  name,
  anchor,
  statementLimitMs = defaultStatementLimitMs,
}: DatabaseOptions): postgres.Options<Record<string, never>> {
  const connection = { application_name: name, ...planning, ...serverLimits(statementLimitMs), ...clockSettings(anchor) }
  return {
    onnotice: () => undefined,
    // The driver's types know few of the settings.
    connection: connection as Partial<postgres.ConnectionParameters>,
    types: {
      bigint: { to: 20, from: [20], serialize: String, parse: safeInteger },
      json: {
        to: 114,
        from: [114, 3802],
        serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
        parse: (text: string) => JSON.parse(text),
      },
    },
  } as unknown as postgres.Options<Record<string, never>>
}

// A connection makes a plan once, often while a table is still empty, and would keep a sequential scan as the table grows. Every statement of a
// service can use an index. A statement that cannot still runs.
const planning = { enable_seqscan: 'off', jit: 'off' }

/** The longest, a batch of a launch or of an import, takes a second. */
const defaultStatementLimitMs = 30_000
/** A migration may rewrite a table. */
const dedicatedLimitMs = 600_000
/** Two lanes of heartbeats: one that waits for a silent connection does not hold up the others. */
const promptConnections = 2

/** A healthy database on a busy machine may take this long. */
const shortestAttemptMs = 250
/** And this long to open a connection. With less, a busy machine would never get one. */
const shortestOpeningMs = 2_000

/** How long the server lets things last. It notices by itself when a client is gone, and gives its locks back. */
function serverLimits(statementMs: number): Record<string, string> {
  return {
    statement_timeout: String(statementMs),
    lock_timeout: String(Math.ceil((statementMs * 2) / 3)),
    idle_in_transaction_session_timeout: String(statementMs * 2),
    tcp_keepalives_idle: '30',
    tcp_keepalives_interval: '10',
    tcp_keepalives_count: '3',
  }
}

/** How long this side waits. Each is a little longer than the server's own limit: it acts only if the server is silent. */
function limitsOf(statementMs: number): Limits {
  const graceMs = Math.ceil(statementMs / 6)
  return { answerMs: statementMs + graceMs, pauseMs: statementMs * 2 + graceMs }
}

async function sendOver(pool: Pool, query: DriverQuery, limitMs: number): Promise<void> {
  let connection: Connection
  try {
    connection = await pool.borrow(limitMs, currentOrganization())
  } catch (error) {
    return query.reject(error)
  }
  connection.run(query, limitMs, () => pool.giveBack(connection))
}

async function promptly<T>(pool: Pool, maker: Sql, limitMs: number, work: (sql: Statements) => Promise<T>): Promise<T> {
  async function attempt(attemptMs: number): Promise<T> {
    const endMs = performance.now() + attemptMs
    const connection = await pool.borrow(attemptMs, undefined)
    try {
      return await work(statements(maker, (query) => connection.run(query, Math.max(1, endMs - performance.now()))))
    } finally {
      pool.giveBack(connection)
    }
  }
  try {
    return await attempt(Math.max(limitMs / 2, shortestAttemptMs))
  } catch (error) {
    if (!isTransient(error)) throw error
    pool.dropIdle()
    return attempt(Math.max(limitMs / 2, shortestOpeningMs))
  }
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`)
  return value
}
