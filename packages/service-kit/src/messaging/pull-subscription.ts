import { createInbox, type Msg, type NatsConnection, nanos } from 'nats'

/** Pull requests to one consumer, and what they bring. */
export interface PullSubscription {
  /** Messages asked for and not yet come. */
  readonly outstanding: number
  /** Asks for so many more. */
  request(count: number): void
  /** Whether the server owes a heartbeat: requests stand open, and nothing has come for long. */
  isQuiet(): boolean
  close(): void
}

interface Options {
  connection: NatsConnection
  stream: string
  consumer: string
  onMessage(message: Msg): void
  /** A request ran out, wholly or in part: ask again. */
  onExpired(): void
  onFailure(reason: string): void
}

const expiresMs = 20_000
const heartbeatMs = 5_000

export function pullSubscription({ connection, stream, consumer, onMessage, onExpired, onFailure }: Options): PullSubscription {
  const inbox = createInbox()
  const nextSubject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`
  let outstanding = 0
  let lastSeen = Date.now()

  function onStatus(message: Msg) {
    const code = message.headers?.code ?? 0
    const description = message.headers?.description ?? ''
    if (code === 100) return
    if (code === 404 || code === 408 || (code === 409 && !/deleted/i.test(description))) {
      // The request ran out or was cut short; the server says how much of it is left.
      outstanding = Math.max(0, outstanding - Number(message.headers?.get('Nats-Pending-Messages') || outstanding))
      onExpired()
    } else {
      onFailure(`${code} ${description}`)
    }
  }

  const subscription = connection.subscribe(inbox, {
    callback(error, message) {
      if (error) return onFailure(error.message)
      lastSeen = Date.now()
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
      if (outstanding === 0) lastSeen = Date.now()
      outstanding += count
      const body = { batch: count, expires: nanos(expiresMs), idle_heartbeat: nanos(heartbeatMs) }
      connection.publish(nextSubject, JSON.stringify(body), { reply: inbox })
    },
    isQuiet: () => outstanding > 0 && Date.now() - lastSeen > heartbeatMs * 3,
    close: () => subscription.unsubscribe(),
  }
}
