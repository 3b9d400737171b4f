import type { ReservedSql } from 'postgres'
import type { Database } from './database.ts'
import type { Logger } from './logger.ts'
import { wakeable } from './wakeable.ts'

const retryMs = 1_000
const checkMs = 2_000

/**
 * Runs `work` while this process holds the schema's advisory lock of that name, waiting for it as long as another process has it.
 * The lock belongs to a connection and ends with it; `work` is told by its signal and started again once the lock is back.
 */
export async function withAdvisoryLock(
  database: Database,
  name: string,
  stopped: () => boolean,
  work: (lost: AbortSignal) => Promise<void>,
  logger: Logger,
): Promise<void> {
  const wake = wakeable()
  while (!stopped()) {
    let connection: ReservedSql | undefined
    try {
      connection = await database.sql.reserve()
      const [row] = await connection<{ locked: boolean }[]>`
        select pg_try_advisory_lock(hashtext(current_schema() || '/' || ${name}::text)) as locked`
      if (row?.locked) {
        await guarded(connection, work)
        await connection`select pg_advisory_unlock_all()`
      }
    } catch (error) {
      if (!stopped()) logger.warn({ err: error, lock: name }, 'advisory lock lost')
    } finally {
      connection?.release()
    }
    if (!stopped()) await wake.within(retryMs)
  }
}

async function guarded(connection: ReservedSql, work: (lost: AbortSignal) => Promise<void>): Promise<void> {
  const lost = new AbortController()
  const timer = setInterval(() => {
    connection`select 1`.catch(() => lost.abort())
  }, checkMs)
  try {
    await work(lost.signal)
  } finally {
    clearInterval(timer)
  }
}
