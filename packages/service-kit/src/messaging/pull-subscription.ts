import { createInbox, type Msg, type NatsConnection, nanos } from 'nats'
import { elapsedMs, momentNow } from '../process/elapsed.ts'

/** Requests messages from one pull consumer. */
export interface PullSubscription {
  /** Messages that are requested and have not arrived. */
  readonly outstanding: number
  /** Requests `count` more messages. */
  request(count: number): void
  /** Whether requests are open and the server has missed three heartbeats. */
  isQuiet(): boolean
  close(): void
  /** Closes after the messages that the server has sent already. */
  drain(): void
}

interface Options {
  connection: NatsConnection
  stream: string
  consumer: string
  onMessage(message: Msg): void
  /** A request expired before all its messages arrived. */
  onExpired(): void
  /** The consumer is gone, or the server refused a request: a new subscription is needed. */
  onFailure(reason: string): void
}

const expiresMs = 20_000
const heartbeatMs = 5_000

export function pullSubscription({ connection, stream, consumer, onMessage, onExpired, onFailure }: Options): PullSubscription {
  const inbox = createInbox()
  const nextSubject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`
  let outstanding = 0
  let lastSeen = momentNow()

  function onStatus(message: Msg) {
    const code = message.headers?.code ?? 0
    const description = message.headers?.description ?? ''
    if (code === 100) return
    if (code === 404 || code === 408 || (code === 409 && !/deleted/i.test(description))) {
      // The request expired or was cut short. The server says how many of its messages are missing.
      outstanding = Math.max(0, outstanding - Number(message.headers?.get('Nats-Pending-Messages') || outstanding))
      onExpired()
    } else {
      onFailure(`${code} ${description}`)
    }
  }

  const subscription = connection.subscribe(inbox, {
    callback(error, message) {
      if (error) return onFailure(error.message)
      lastSeen = momentNow()
      if (message.subject === inbox) return onStatus(message)
      outstanding = Math.max(0, outstanding - 1)
      onMessage(message)
    },
  })

  return {
    get outstanding() {
      return outstanding
    },
    request(count) {
      if (outstanding === 0) lastSeen = momentNow()
      outstanding += count
      const body = { batch: count, expires: nanos(expiresMs), idle_heartbeat: nanos(heartbeatMs) }
      connection.publish(nextSubject, JSON.stringify(body), { reply: inbox })
    },
    isQuiet: () => outstanding > 0 && elapsedMs(lastSeen) > heartbeatMs * 3,
    close: () => subscription.unsubscribe(),
    drain() {
      // It fails only if the connection or the subscription is closed already: then no message comes.
      void subscription.drain().catch(() => undefined)
    },
  }
}
