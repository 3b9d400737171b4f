import { every } from '@carillon/service-kit/process/every'
import type { Logger } from '@carillon/service-kit/process/logger'
import type { Watchdog } from '@carillon/service-kit/process/watchdog'
import { WebSocket } from 'ws'
import { type AriEvent, readAriEvent } from './ari-event.ts'
import { type AriAddress, basicAuthorization } from './ari-http.ts'

/** The connection on which a PBX tells what happens. It is opened again whenever it is lost. */
export interface AriSocket {
  /** Whether events arrive now. A call that is asked for without would be answered, and nobody would know. */
  readonly isUp: boolean
  close(): Promise<void>
}

export interface AriSocketOptions {
  address: AriAddress
  /** The Stasis application: one for each process, as a second connection takes the events over. */
  app: string
  logger: Logger
  watchdog: Watchdog
  /** A connection over which nothing came for two of these is dead. */
  pingEveryMs: number
  onEvent(event: AriEvent): void
  /** The connection is there, again: what happened before was not told. */
  onUp(): void
}

const firstRetryMs = 250
const lastRetryMs = 10_000
const handshakeTimeoutMs = 5_000

export function openAriSocket({ address, app, logger, watchdog, pingEveryMs, onEvent, onUp }: AriSocketOptions): AriSocket {
  const url = `${address.url.replace(/^http/, 'ws')}/ari/events?app=${encodeURIComponent(app)}`
  const headers = { authorization: basicAuthorization(address.user, address.password) }
  let retryMs = firstRetryMs
  let isUp = false
  let isClosed = false
  let retry: NodeJS.Timeout | undefined
  let current: WebSocket | undefined
  let isHeard = true

  function connect() {
    const socket = new WebSocket(url, { headers, handshakeTimeout: handshakeTimeoutMs })
    current = socket
    socket.on('open', () => {
      isUp = true
      isHeard = true
      retryMs = firstRetryMs
      logger.info({ pbx: address.url }, 'connected to the PBX')
      onUp()
    })
    socket.on('pong', () => {
      isHeard = true
    })
    socket.on('message', (data) => {
      isHeard = true
      take(String(data))
    })
    // `close` follows, and says the rest.
    socket.on('error', (error) => logger.warn({ err: error, pbx: address.url }, 'the connection to the PBX failed'))
    socket.on('close', () => {
      const wasUp = isUp
      isUp = false
      if (isClosed) return
      if (wasUp) logger.warn({ pbx: address.url }, 'the connection to the PBX is lost')
      retry = setTimeout(connect, retryMs)
      retryMs = Math.min(retryMs * 2, lastRetryMs)
    })
  }

  function take(text: string) {
    let event: AriEvent | null
    try {
      event = readAriEvent(text)
    } catch (error) {
      logger.error({ err: error, pbx: address.url }, 'the PBX sent something that is no event')
      return
    }
    if (!event) return
    if (event.type === 'ApplicationReplaced') {
      logger.error({ pbx: address.url, app }, 'another connection takes the events of this process')
      current?.close()
      return
    }
    onEvent(event)
  }

  async function ping() {
    if (!isUp) return
    if (!isHeard) return current?.terminate()
    isHeard = false
    current?.ping()
  }

  connect()
  const pings = every({ name: `pings of ${address.url}`, intervalMs: pingEveryMs, work: ping }, { logger, watchdog })
  return {
    get isUp() {
      return isUp
    },
    async close() {
      isClosed = true
      clearTimeout(retry)
      current?.close()
      await pings.stop()
    },
  }
}
