import { randomUUID } from 'node:crypto'
import type { Logger } from '../process/logger.ts'
import { wakeable } from '../process/wakeable.ts'
import type { Database } from './database.ts'

/** What the work of a leader knows of its lease. */
export interface Leadership {
  /** Changes with each term: a row of `leases` with this holder, not expired, is the fence of statements that only the leader may make. */
  readonly term: string
  /** Aborted when the lease is lost or given up, and when the process stops. */
  readonly ended: AbortSignal
  /** Whether the lease has certainly not expired. Ask after each wait: the process may have stood still. */
  isHeld(): boolean
  /** Throws {@link LeadershipLostError} unless the lease is held. */
  assertHeld(): void
  /** The work has made a step. Work that makes none for too long loses the lease. */
  progressed(): void
}

/** Another process may lead now. */
export class LeadershipLostError extends Error {
  override name = 'LeadershipLostError'
}

export interface LeadershipOptions {
  database: Database
  logger: Logger
  /** Unique within the service's schema. */
  name: string
  ttlMs: number
  /** How long the work may hang before another process gets the lease. */
  hangLimitMs?: number
  /** Runs while the lease is held; returns soon after `ended` is aborted. */
  work(leadership: Leadership): Promise<void>
}

/** How often a process that does not lead looks whether the lease is free. */
const candidacyMs = 1_000

/**
 * Runs `work` while this process holds the lease of that name: a row of `leases` that expires in the database's real time. A leader that dies or
 * stands still loses it after `ttlMs`, one that hangs after `hangLimitMs` more, one that stops gives it back. Returns a function that ends the work.
 */
export function underLeadership({ database, logger, name, ttlMs, hangLimitMs = 20_000, work }: LeadershipOptions): () => Promise<void> {
  const stop = new AbortController()
  const wake = wakeable()
  const limitMs = ttlMs / 2

  async function take(term: string): Promise<boolean> {
    const { count } = await database.promptly(
      limitMs,
      (sql) => sql`
      insert into leases (name, holder, expires_at) values (${name}, ${term}, clock_timestamp() + ${ttlMs} * interval '1 millisecond')
      on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
      where leases.expires_at <= clock_timestamp() or leases.holder = excluded.holder`,
    )
    return count === 1
  }

  async function extend(term: string): Promise<boolean> {
    const { count } = await database.promptly(
      limitMs,
      (sql) => sql`
      update leases set expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
      where name = ${name} and holder = ${term} and expires_at > clock_timestamp()`,
    )
    return count === 1
  }

  const giveBack = (term: string) => database.promptly(limitMs, (sql) => sql`delete from leases where name = ${name} and holder = ${term}`)

  async function lead(): Promise<void> {
    const term = randomUUID()
    const askedAtMs = performance.now()
    if (!(await take(term))) return
    const lost = new AbortController()
    const ended = AbortSignal.any([stop.signal, lost.signal])
    const sleep = wakeable()
    let heldUntilMs = askedAtMs + ttlMs
    let progressAtMs = performance.now()
    const isHeld = () => !ended.aborted && performance.now() < heldUntilMs

    async function renewOnce() {
      if (performance.now() - progressAtMs > hangLimitMs) {
        logger.error({ lease: name, hangLimitMs }, 'the work under the lease hangs: giving the lease up')
        return lost.abort()
      }
      const askedMs = performance.now()
      try {
        if (await extend(term)) heldUntilMs = askedMs + ttlMs
        else lost.abort()
      } catch (error) {
        logger.warn({ err: error, lease: name }, 'lease not renewed')
        if (performance.now() >= heldUntilMs) lost.abort()
      }
    }

    async function renew() {
      while (!lost.signal.aborted) {
        await sleep.within(ttlMs / 3)
        if (!lost.signal.aborted) await renewOnce()
      }
      // At once, also where the work hangs: others need not wait until the lease expires.
      await giveBack(term)
    }

    const renewing = renew().catch((error) => logger.warn({ err: error, lease: name }, 'lease not given back'))
    try {
      await work({
        term,
        ended,
        isHeld,
        assertHeld() {
          if (!isHeld()) throw new LeadershipLostError(`the lease ${name} may have expired`)
        },
        progressed() {
          progressAtMs = performance.now()
        },
      })
    } finally {
      lost.abort()
      sleep.now()
      await renewing
    }
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await lead()
      } catch (error) {
        logger.warn({ err: error, lease: name }, 'leading failed')
      }
      if (!stop.signal.aborted) await wake.within(Math.min(candidacyMs, ttlMs))
    }
  }

  const running = run()
  return async () => {
    stop.abort()
    wake.now()
    await running
  }
}
