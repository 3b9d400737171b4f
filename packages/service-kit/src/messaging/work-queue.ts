import { AckPolicy, type Msg, type NatsConnection, nanos } from 'nats'
import { wakeable } from '../process/wakeable.ts'
import { pullSubscription } from './pull-subscription.ts'

/** One order from a work-queue stream. An order that is not acknowledged comes again, here or elsewhere. */
export interface QueuedOrder {
  data: Uint8Array
  subject: string
  sequence: number
  ack(): void
}

export interface WorkQueue {
  /**
   * Orders as they come, `room` at most: no more than that is ever asked of the server, so what this process has no room for goes to
   * another one. Waits up to `waitMs` for the first.
   */
  next(room: number, waitMs: number): Promise<QueuedOrder[]>
  wake(): void
  close(): void
}

export interface WorkQueueOptions {
  connection: NatsConnection
  stream: string
  /** Name of the durable consumer that all replicas share. */
  durable: string
  ackWaitMs: number
}

const ackPayload = new TextEncoder().encode('+ACK')

/** Takes orders from a work-queue stream, shared with the other replicas. */
export async function openWorkQueue({ connection, stream, durable, ackWaitMs }: WorkQueueOptions): Promise<WorkQueue> {
  const manager = await connection.jetstreamManager()
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: 100_000,
    max_deliver: -1,
  })
  const wake = wakeable()
  let buffer: QueuedOrder[] = []
  let room = 0
  let failed = false

  function toOrder(message: Msg): QueuedOrder {
    const reply = message.reply ?? ''
    const tokens = reply.split('.')
    return {
      data: message.data,
      subject: message.subject,
      sequence: Number(tokens[tokens.length > 9 ? 7 : 5]),
      ack: () => connection.publish(reply, ackPayload),
    }
  }

  const open = () =>
    pullSubscription({
      connection,
      stream,
      consumer: durable,
      onExpired: refill,
      onFailure() {
        failed = true
        wake.now()
      },
      onMessage(message) {
        buffer.push(toOrder(message))
        if (buffer.length === 1) wake.now()
      },
    })

  function refill() {
    const wanted = room - pull.outstanding - buffer.length
    // Small top-ups would cost a request each; they wait until a quarter of the room is free, or nothing stands open.
    if (wanted > 0 && (pull.outstanding === 0 || wanted >= room / 4)) pull.request(wanted)
  }

  let pull = open()
  return {
    async next(newRoom, waitMs) {
      room = newRoom
      if (failed || pull.isQuiet()) {
        failed = false
        pull.close()
        pull = open()
      }
      refill()
      if (buffer.length === 0) await wake.within(waitMs)
      const batch = buffer
      buffer = []
      return batch
    },
    wake: () => wake.now(),
    close: () => pull.close(),
  }
}
