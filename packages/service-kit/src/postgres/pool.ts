import { type Connection, connectionError } from './connection.ts'

/** Connections that are lent to one caller at a time. A lost one is replaced when the next caller needs it. */
export interface Pool {
  /**
   * Lends a connection that works, within the limit. Rejects with a connection error after it. Its statements see the rows of this organization alone, or
   * of all if there is none.
   */
  borrow(limitMs: number, organizationId: string | undefined): Promise<Connection>
  /** Takes a connection back, whatever became of it. */
  giveBack(connection: Connection): void
  /** Ends the connections that nobody uses: what has happened to another one may have happened to them. */
  dropIdle(): void
  /** Ends idle connections, waits a moment for the others, and gives those up too. */
  close(): Promise<void>
}

interface PoolOptions {
  max: number
  open(): Connection
}

interface Waiter {
  take(connection: Connection): void
  refuse(error: Error): void
}

/** A connection that has not answered for this long is asked before it is lent: its other end may be gone without a word. */
const trustMs = 10_000
const probeLimitMs = 2_000
/** Then a connection is replaced: what the server remembers for it does not grow for ever. */
const lifeMs = 30 * 60_000
const closeMs = 5_000

export function openPool({ max, open }: PoolOptions): Pool {
  const idle: Connection[] = []
  const lent = new Set<Connection>()
  const waiting = new Set<Waiter>()
  let isClosing = false
  let tellQuiet: (() => void) | undefined

  function lend(connection: Connection): Connection {
    lent.add(connection)
    return connection
  }

  /** The connection that was last used for the organization, else for another. Those that are seldom used grow old, and are asked before they are trusted. */
  function fromIdle(organizationId: string | undefined): Connection | undefined {
    while (idle.length > 0) {
      const fitting = idle.findLastIndex((connection) => connection.organizationId === organizationId)
      const [connection] = idle.splice(fitting === -1 ? idle.length - 1 : fitting, 1)
      if (connection && !connection.isLost) return connection
    }
    return undefined
  }

  function next(limitMs: number, organizationId: string | undefined): Connection | Promise<Connection> {
    const ready = fromIdle(organizationId)
    if (ready) return lend(ready)
    if (lent.size < max) return lend(open())
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take(connection) {
          clearTimeout(timer)
          waiting.delete(waiter)
          resolve(connection)
        },
        refuse(error) {
          clearTimeout(timer)
          waiting.delete(waiter)
          reject(error)
        },
      }
      const timer = setTimeout(
        () => waiter.refuse(connectionError('CONNECTION_BUSY', `no connection was free within ${limitMs} ms`)),
        limitMs,
      )
      waiting.add(waiter)
    })
  }

  async function answers(connection: Connection, limitMs: number): Promise<boolean> {
    try {
      await connection.command('select 1', Math.min(limitMs, probeLimitMs))
      return true
    } catch {
      // A fresh connection takes its place, and says what is wrong if that fails too.
      return false
    }
  }

  function giveBack(connection: Connection) {
    lent.delete(connection)
    const isWorn = performance.now() - connection.openedAtMs > lifeMs
    const isUsable = !connection.isLost && !isClosing && !isWorn
    const [waiter] = waiting
    if (waiter) waiter.take(lend(isUsable ? connection : open()))
    else if (isUsable) idle.push(connection)
    if (!isUsable) void connection.end()
    if (lent.size === 0) tellQuiet?.()
  }

  return {
    async borrow(limitMs, organizationId) {
      const endMs = performance.now() + limitMs
      for (;;) {
        if (isClosing) throw connectionError('CONNECTION_ENDED', 'the database is closed')
        const leftMs = endMs - performance.now()
        if (leftMs <= 0) throw connectionError('CONNECTION_SILENT', `no connection answered within ${limitMs} ms`)
        const connection = await next(leftMs, organizationId)
        if (performance.now() - connection.answeredAtMs >= trustMs && !(await answers(connection, leftMs))) {
          giveBack(connection)
          continue
        }
        try {
          await connection.actFor(organizationId, leftMs)
          return connection
        } catch (error) {
          giveBack(connection)
          throw error
        }
      }
    },
    giveBack,
    dropIdle() {
      for (const connection of idle.splice(0)) void connection.end()
    },
    async close() {
      isClosing = true
      for (const waiter of [...waiting]) waiter.refuse(connectionError('CONNECTION_ENDED', 'the database is closed'))
      if (lent.size > 0) {
        const quiet = new Promise<void>((resolve) => {
          tellQuiet = resolve
        })
        await within(closeMs, quiet)
      }
      const rest = [...idle.splice(0), ...lent]
      await Promise.all(rest.map((connection) => connection.end()))
    },
  }
}

async function within(ms: number, done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([done, passed])
  clearTimeout(timer)
}
