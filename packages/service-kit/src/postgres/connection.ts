import { connect, type Socket } from 'node:net'
import postgres, { type Sql } from 'postgres'
import { type DriverQuery, statements } from './statements.ts'

/**
 * One connection to Postgres. It is used by one caller at a time and never opened a second time: what the driver remembers of a broken connection
 * cannot disturb a new one. Every query settles, whatever happens to the connection.
 */
export interface Connection {
  /** When the server last answered, on the monotonic clock. */
  readonly answeredAtMs: number
  readonly openedAtMs: number
  readonly isLost: boolean
  /** Whose rows its statements see. Undefined: everybody's. */
  readonly organizationId: string | undefined
  /** From now on its statements see and change rows of this organization alone, or of all if there is none. */
  actFor(organizationId: string | undefined, limitMs: number): Promise<void>
  /** Sends the query. One that is not answered within the limit is rejected, and the connection given up. `onSettled` is called either way. */
  run(query: DriverQuery, limitMs: number, onSettled?: () => void): void
  /** Runs a statement without parameters. Resolves with the command that the server names as completed. */
  command(text: string, limitMs: number): Promise<string>
  /** From now on gives the connection up when nothing runs on it for this long. `undefined` ends that. */
  limitPauses(limitMs: number | undefined): void
  /** Called once, when the connection is lost. Each new listener takes the place of the one before. */
  onLost(listener: ((error: Error) => void) | undefined): void
  /** Gives the connection up at once. */
  destroy(error: Error): void
  end(): Promise<void>
}

interface SocketOptions {
  host: string[]
  port: number[]
  path: string | false | undefined
}

const connectTimeoutSeconds = 10
const endSeconds = 1
let openedCount = 0

/** @param onLost is told why the connection was lost, unless it was ended. */
export function openConnection(url: string, options: postgres.Options<Record<string, never>>, onLost: (error: Error) => void): Connection {
  const running = new Set<DriverQuery>()
  let lost: Error | undefined
  let socket: Socket | undefined
  let listener: ((error: Error) => void) | undefined
  let pauseLimitMs: number | undefined
  let pause: NodeJS.Timeout | undefined
  let isEnding = false
  let organizationId: string | undefined
  const openedAtMs = performance.now()
  let answeredAtMs = openedAtMs

  function lose(error: Error) {
    if (lost) return
    lost = error
    clearTimeout(pause)
    socket?.destroy()
    if (!isEnding) onLost(error)
    for (const query of [...running]) query.reject(error)
    const tell = listener
    listener = undefined
    tell?.(error)
  }

  /** Called by the driver for each attempt to connect: only the first one is served. */
  function openSocket({ host, port, path }: SocketOptions): Socket {
    if (lost || socket) throw lost ?? connectionError('CONNECTION_CLOSED', 'the connection was lost')
    const index = openedCount++ % host.length
    socket = path ? connect(path) : connect(port[index] ?? 5432, host[index] ?? 'localhost')
    socket.setNoDelay(true)
    // These are the first listeners, so a loss is known before the driver rejects what it has sent.
    socket.once('error', lose)
    socket.once('end', () => lose(connectionError('CONNECTION_CLOSED', 'the server closed the connection')))
    socket.once('close', () => lose(connectionError('CONNECTION_CLOSED', 'the connection was closed')))
    return socket
  }

  const driverOptions = {
    ...options,
    max: 1,
    // A query that cannot be encoded while another one runs would leave the driver waiting for an answer to it. So one is sent at a time.
    max_pipeline: 0,
    idle_timeout: undefined,
    max_lifetime: null,
    connect_timeout: connectTimeoutSeconds,
    keep_alive: 15,
    socket: openSocket,
    // Over TLS the driver removes the listeners of the socket.
    onclose: () => lose(connectionError('CONNECTION_CLOSED', 'the connection was closed')),
  }
  const client = postgres(url, driverOptions as postgres.Options<Record<string, never>>) as unknown as Sql
  const { handler: send } = client.unsafe('') as unknown as DriverQuery

  function restartPause() {
    clearTimeout(pause)
    if (pauseLimitMs === undefined || running.size > 0 || lost) return
    const giveUp = () => lose(connectionError('CONNECTION_IDLE', 'nothing was sent on the connection for too long'))
    pause = setTimeout(giveUp, pauseLimitMs).unref()
  }

  const connection: Connection = {
    get answeredAtMs() {
      return answeredAtMs
    },
    openedAtMs,
    get isLost() {
      return lost !== undefined
    },
    get organizationId() {
      return organizationId
    },
    async actFor(next, limitMs) {
      if (next === organizationId) return
      const sql = statements(client, (query) => connection.run(query, limitMs))
      try {
        await sql`
          select set_config('role', case when ${next ?? ''} = '' then 'none' else session_user || '_request' end, false),
                 set_config('carillon.organization', ${next ?? ''}, false)`
      } catch (error) {
        // Nobody may use a connection of which it is not known whose rows it sees.
        lose(error instanceof Error ? error : new Error(String(error)))
        throw error
      }
      organizationId = next
    },
    run(query, limitMs, onSettled) {
      if (lost) {
        query.reject(lost)
        onSettled?.()
        return
      }
      running.add(query)
      clearTimeout(pause)
      const giveUp = () => lose(connectionError('CONNECTION_SILENT', `the server did not answer within ${limitMs} ms`))
      const timer = setTimeout(giveUp, limitMs)
      const { resolve, reject } = query
      const settled = () => {
        Object.assign(query, { resolve, reject })
        clearTimeout(timer)
        running.delete(query)
        answeredAtMs = performance.now()
        restartPause()
      }
      query.resolve = (result) => {
        settled()
        resolve(result)
        onSettled?.()
      }
      query.reject = (error) => {
        settled()
        if (!leavesConnectionUsable(error)) lose(error instanceof Error ? error : new Error(String(error)))
        reject(error)
        onSettled?.()
      }
      send(query)
    },
    async command(text, limitMs) {
      const sql = statements(client, (query) => connection.run(query, limitMs))
      const { command } = await sql.unsafe(text)
      return command
    },
    limitPauses(limitMs) {
      pauseLimitMs = limitMs
      restartPause()
    },
    onLost(next) {
      listener = next
    },
    destroy: lose,
    async end() {
      isEnding = true
      await client.end({ timeout: endSeconds })
      lose(connectionError('CONNECTION_ENDED', 'the connection was ended'))
    },
  }
  return connection
}

/** An error of the connection, which `isTransient` knows by its code. */
export function connectionError(code: `CONNECTION_${string}`, message: string): Error {
  return Object.assign(new Error(message), { code })
}

/** Only an error of the server tells that the connection is at the end of an answer, and a fatal one that there is no other answer. */
function leavesConnectionUsable(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.severity === 'ERROR'
}
