import { createInbox, headers, type NatsConnection } from 'nats'

/** A message on its way to a stream. `id` becomes its `Nats-Msg-Id`. */
export interface OutgoingMessage {
  subject: string
  id: string
  payload: string
}

export interface StreamPublisher {
  /**
   * Publishes in order. Resolves with the stream sequence of each message when all are acknowledged. Rejects at the first refusal or
   * after the timeout. Messages acknowledged before that stay in the stream; if they are published again, the server recognizes their ids.
   *
   * @param mayGoOn runs before each few hundred messages; what it throws ends the publishing.
   */
  publish(messages: readonly OutgoingMessage[], mayGoOn?: () => void): Promise<number[]>
  close(): void
}

interface Batch {
  missing: number
  sequences: number[]
  settle(error?: Error): void
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** Messages in flight at once: enough to keep the server busy, few enough that a long batch does not time out. */
const windowSize = 512

/**
 * Publishes with one wildcard subscription for all acknowledgements. The client library's own `publish` costs seven times as much: a request, a promise
 * and a timer for every message.
 */
export function streamPublisher(connection: NatsConnection, timeoutMs = 5_000): StreamPublisher {
  const inbox = createInbox()
  const waiting = new Map<string, { batch: Batch; index: number }>()
  let count = 0

  const subscription = connection.subscribe(`${inbox}.*`, {
    callback(error, message) {
      if (error) return
      const entry = waiting.get(message.subject)
      if (!entry) return
      waiting.delete(message.subject)
      if (message.headers?.code === 503) return entry.batch.settle(new Error('no stream takes this subject'))
      const ack = JSON.parse(decoder.decode(message.data)) as { seq?: number; error?: { description: string } }
      if (ack.error || ack.seq === undefined) return entry.batch.settle(new Error(ack.error?.description ?? 'not acknowledged'))
      entry.batch.sequences[entry.index] = ack.seq
      entry.batch.missing--
      if (entry.batch.missing === 0) entry.batch.settle()
    },
  })

  function publishWindow(messages: readonly OutgoingMessage[]): Promise<number[]> {
    return new Promise((resolve, reject) => {
      const replies: string[] = []
      const timer = setTimeout(() => batch.settle(new Error(`no acknowledgement within ${timeoutMs} ms`)), timeoutMs)
      const batch: Batch = {
        missing: messages.length,
        sequences: new Array(messages.length),
        settle(error) {
          clearTimeout(timer)
          for (const reply of replies) waiting.delete(reply)
          if (error) reject(error)
          else resolve(batch.sequences)
        },
      }
      messages.forEach((message, index) => {
        const reply = `${inbox}.${++count}`
        replies.push(reply)
        waiting.set(reply, { batch, index })
        const header = headers()
        header.set('Nats-Msg-Id', message.id)
        connection.publish(message.subject, encoder.encode(message.payload), { reply, headers: header })
      })
    })
  }

  return {
    async publish(messages, mayGoOn) {
      const sequences: number[] = []
      for (let start = 0; start < messages.length; start += windowSize) {
        mayGoOn?.()
        sequences.push(...(await publishWindow(messages.slice(start, start + windowSize))))
      }
      return sequences
    },
    close: () => subscription.unsubscribe(),
  }
}
