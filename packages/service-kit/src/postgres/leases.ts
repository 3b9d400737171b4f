import { withDeadline } from '../process/deadline.ts'
import type { Logger } from '../process/logger.ts'
import { wakeable } from '../process/wakeable.ts'
import type { Database } from './database.ts'

export interface LeaseOptions {
  database: Database
  logger: Logger
  /** What is shared, such as the name of a projection. Leases are named `<group>/<item>`. */
  group: string
  items: readonly number[]
  /** Unique to this process. */
  holder: string
  ttlMs: number
  onAcquired(item: number): void
  /** Ends the work on the item, and resolves when it has ended. */
  onLost(item: number): Promise<void>
}

export interface Leases {
  stop(): Promise<void>
}

/**
 * Shares items evenly among the replicas that are alive, by rows that expire in the database's real time. A replica that dies loses its items
 * after `ttlMs`. One that stops gives them back at once. A connection that does not answer is replaced long before that. In rare cases two replicas work on the same item for a moment, for example when one of them
 * stood still: the work itself must be safe then, as a checkpoint makes it.
 */
export function startLeases(options: LeaseOptions): Leases {
  const { database, logger, group, items, holder, ttlMs, onAcquired, onLost } = options
  const held = new Set<number>()
  const wake = wakeable()
  let stopped = false
  /** From before the statement that renewed: the database counts from a later instant. */
  let renewedAtMs = performance.now()
  /** Two tries of a statement, a short pause and two more tries fit into the time to live. */
  const answerMs = (ttlMs * 2) / 5
  const nameOf = (item: number) => `${group}/${item}`
  const itemOf = (name: string) => Number(name.slice(group.length + 1))
  const replica = `${group}/${holder}`

  function take(item: number) {
    held.add(item)
    onAcquired(item)
  }

  async function lose(lost: number[]) {
    for (const item of lost) held.delete(item)
    await Promise.all(lost.map(onLost))
  }

  /** The other leases must be renewed meanwhile, so work that does not end is not waited for. */
  async function loseSoon(lost: number[]) {
    try {
      await withDeadline(lose(lost), ttlMs / 3, () => new Error('the work on lost items has not ended yet'))
    } catch (error) {
      logger.warn({ err: error, group, lost }, 'leases lost')
    }
  }

  async function renew() {
    const startedAtMs = performance.now()
    const rows = await database.promptly(
      answerMs,
      (sql) => sql<{ name: string }[]>`
        update leases set expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
        where holder = ${holder} and name = any(${items.map(nameOf)}) returning name`,
    )
    renewedAtMs = startedAtMs
    const mine = new Set(rows.map((row) => itemOf(row.name)))
    await loseSoon([...held].filter((item) => !mine.has(item)))
    // Items that were given up while the database could not be reached, and that nobody has taken since.
    for (const item of mine) if (!held.has(item)) take(item)
  }

  async function fairShare(): Promise<number> {
    const rows = await database.promptly(
      answerMs,
      (sql) => sql<{ alive: number }[]>`
        with seen as (
          insert into replicas (id, seen_at) values (${replica}, clock_timestamp())
          on conflict (id) do update set seen_at = excluded.seen_at
        )
        select count(*) as alive from replicas
        where id <> ${replica} and starts_with(id, ${`${group}/`}) and seen_at > clock_timestamp() - ${ttlMs} * interval '1 millisecond'`,
    )
    return Math.ceil(items.length / ((rows[0]?.alive ?? 0) + 1))
  }

  async function release(surplus: number[]) {
    await loseSoon(surplus)
    await database.promptly(answerMs, (sql) => sql`delete from leases where holder = ${holder} and name = any(${surplus.map(nameOf)})`)
  }

  async function acquire(count: number) {
    const taken = await database.promptly(
      answerMs,
      (sql) => sql<{ name: string }[]>`
        select name from leases where name = any(${items.map(nameOf)}) and expires_at > clock_timestamp()`,
    )
    const unavailable = new Set(taken.map((row) => itemOf(row.name)))
    const wanted = items.filter((item) => !unavailable.has(item)).slice(0, count)
    if (wanted.length === 0) return
    // A second try finds what the first one has taken: it is the holder's own.
    const rows = await database.promptly(
      answerMs,
      (sql) => sql<{ name: string }[]>`
        insert into leases (name, holder, expires_at)
        select name, ${holder}, clock_timestamp() + ${ttlMs} * interval '1 millisecond' from unnest(${wanted.map(nameOf)}::text[]) as name
        on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where leases.expires_at <= clock_timestamp() or leases.holder = excluded.holder
        returning name`,
    )
    for (const row of rows) take(itemOf(row.name))
  }

  async function round() {
    await renew()
    const share = await fairShare()
    if (held.size > share) await release([...held].slice(share))
    else if (held.size < share) await acquire(share - held.size)
  }

  async function run() {
    while (!stopped) {
      let pauseMs = ttlMs / 3
      try {
        await round()
      } catch (error) {
        pauseMs = ttlMs / 10
        logger.warn({ err: error, group }, 'leases not renewed')
        if (performance.now() - renewedAtMs > ttlMs) await loseSoon([...held])
      }
      if (!stopped) await wake.within(pauseMs)
    }
    await giveBack()
  }

  async function giveBack() {
    await lose([...held])
    try {
      await database.promptly(answerMs, (sql) => sql`delete from leases where holder = ${holder} and starts_with(name, ${`${group}/`})`)
      await database.promptly(answerMs, (sql) => sql`delete from replicas where id = ${replica}`)
    } catch (error) {
      logger.warn({ err: error, group }, 'leases not given back: they expire')
    }
  }

  const running = run()
  return {
    async stop() {
      stopped = true
      wake.now()
      await running
    },
  }
}
