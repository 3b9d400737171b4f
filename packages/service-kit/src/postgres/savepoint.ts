import type { Tx } from './database.ts'

/**
 * Runs `work` as a part of a transaction. If it fails, what it has written is rolled back, what it registered by `afterCommit` is dropped, and the
 * transaction goes on.
 */
export async function underSavepoint<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const actions: (() => void)[] = []
  await tx.sql`savepoint part`
  let value: T
  try {
    value = await work({ sql: tx.sql, orm: tx.orm, afterCommit: (action) => actions.push(action) })
  } catch (error) {
    await tx.sql`rollback to savepoint part`
    throw error
  }
  await tx.sql`release savepoint part`
  for (const action of actions) tx.afterCommit(action)
  return value
}
