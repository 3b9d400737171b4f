import type { Sql } from 'postgres'
import { type Connection, connectionError } from './connection.ts'
import type { Tx } from './database.ts'
import { currentOrganization } from './organization-scope.ts'
import { ormOver } from './orm.ts'
import type { Pool } from './pool.ts'
import { type DriverQuery, type Statements, statements } from './statements.ts'

export interface Limits {
  /** For a connection, and for the answer to a statement. */
  answerMs: number
  /** Between the statements of a transaction. */
  pauseMs: number
}

interface TransactionOptions {
  pool: Pool
  /** Makes the queries. */
  maker: Sql
  /** Follows `begin`. */
  mode: string
  limits: Limits
  /** Of the whole transaction, once it has a connection. */
  limitMs?: number | undefined
}

/**
 * Runs `work` in a transaction. Rejects as soon as its connection is lost, also while `work` waits for something else. If the commit is not
 * answered, it is unknown whether the transaction has committed.
 */
export async function inTransaction<T>(options: TransactionOptions, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { pool, maker, mode, limits, limitMs } = options
  const connection = await pool.borrow(limits.answerMs, currentOrganization())
  const giveUp = () => connection.destroy(connectionError('CONNECTION_GIVEN_UP', `the transaction took longer than ${limitMs} ms`))
  const timer = limitMs === undefined ? undefined : setTimeout(giveUp, limitMs)
  const committed: (() => void)[] = []
  try {
    await connection.command(`begin ${mode}`, limits.answerMs)
    connection.limitPauses(limits.pauseMs)
    const inside = statementsOf(connection, maker, limits.answerMs)
    let value: T
    try {
      const orm = ormOver(inside.sql)
      value = await unlessLost(connection, work({ sql: inside.sql, orm, afterCommit: (action) => committed.push(action) }))
      inside.end()
    } catch (error) {
      inside.end()
      await rollBack(connection, limits.answerMs)
      throw error
    }
    const command = await connection.command('commit', limits.answerMs)
    if (command !== 'COMMIT') throw inside.failure() ?? new Error('the transaction was rolled back')
    for (const action of committed) action()
    return value
  } finally {
    clearTimeout(timer)
    connection.onLost(undefined)
    connection.limitPauses(undefined)
    pool.giveBack(connection)
  }
}

/** The statements of one transaction. After `end`, each is refused: another caller may have the connection. */
function statementsOf(connection: Connection, maker: Sql, limitMs: number): { sql: Statements; end(): void; failure(): Error | undefined } {
  let hasEnded = false
  let failure: Error | undefined
  function send(query: DriverQuery) {
    if (hasEnded) return query.reject(new Error('a statement came after the end of its transaction'))
    const { reject } = query
    query.reject = (error) => {
      failure ??= error instanceof Error ? error : new Error(String(error))
      reject(error)
    }
    connection.run(query, limitMs)
  }
  return {
    sql: statements(maker, send),
    end() {
      hasEnded = true
    },
    failure: () => failure,
  }
}

function unlessLost<T>(connection: Connection, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    connection.onLost(reject)
    work.then(resolve, reject)
  })
}

async function rollBack(connection: Connection, limitMs: number): Promise<void> {
  if (connection.isLost) return
  try {
    await connection.command('rollback', limitMs)
  } catch (error) {
    // Nobody may use a connection whose transaction is open. The server rolls back when it closes.
    connection.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}
