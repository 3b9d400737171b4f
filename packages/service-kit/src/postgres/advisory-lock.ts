import type { Sql } from 'postgres'
import type { Logger } from '../process/logger.ts'
import { wakeable } from '../process/wakeable.ts'
import type { Database } from './database.ts'

const retryMs = 1_000

export interface AdvisoryLockOptions {
  database: Database
  logger: Logger
  /** Unique within the service's schema. */
  name: string
  /** Runs while the lock is held; returns soon after `lost` is aborted. */
  work(lost: AbortSignal): Promise<void>
}

/**
 * Runs `work` while this process holds the schema's advisory lock of that name. While another process holds it, tries again every second. The lock
 * belongs to a connection of its own, and is lost with it. Returns a function that ends the work and gives the lock back.
 */
export function underAdvisoryLock({ database, logger, name, work }: AdvisoryLockOptions): () => Promise<void> {
  const stop = new AbortController()
  const wake = wakeable()

  async function tryOnce(): Promise<void> {
    const lost = new AbortController()
    const connection = database.dedicated(() => lost.abort())
    try {
      if (await locked(connection, name)) await work(AbortSignal.any([stop.signal, lost.signal]))
    } finally {
      await connection.end({ timeout: 1 })
    }
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await tryOnce()
      } catch (error) {
        logger.warn({ err: error, lock: name }, 'advisory lock not taken')
      }
      if (!stop.signal.aborted) await wake.within(retryMs)
    }
  }

  const running = run()
  return async () => {
    stop.abort()
    wake.now()
    await running
  }
}

async function locked(connection: Sql, name: string): Promise<boolean> {
  const [row] = await connection<{ locked: boolean }[]>`
    select pg_try_advisory_lock(hashtext(current_schema() || '/' || ${name}::text)) as locked`
  return row?.locked === true
}
