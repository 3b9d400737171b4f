import { AckPolicy, type Msg, type NatsConnection, nanos } from 'nats'
import { wakeable } from '../process/wakeable.ts'
import { parseAckSubject } from './ack-subject.ts'
import { pullSubscription } from './pull-subscription.ts'

/** An order from a work-queue stream. An order that is not acknowledged within `ackWaitMs` is delivered again, to any replica. */
export interface QueuedOrder {
  data: Uint8Array
  subject: string
  sequence: number
  /** How often it was delivered: 1, 2, 3… */
  deliveries: number
  ack(): void
  /** Gives the order back. It is delivered again after `delayMs`, or soon if that is absent, to any replica. */
  giveBack(delayMs?: number): void
}

export interface WorkQueue {
  /**
   * Resolves with the orders that have arrived. Waits up to `waitMs` for the first one. At most `room` orders are requested from the server or buffered:
   * the others go to replicas that have room.
   */
  next(room: number, waitMs: number): Promise<QueuedOrder[]>
  /** Ends the waiting of `next`. */
  wake(): void
  /** Requests no more orders, and gives back at once those that `next` has not returned. */
  close(): void
}

export interface WorkQueueOptions {
  connection: NatsConnection
  stream: string
  /** Name of the durable consumer that all replicas share. */
  durable: string
  ackWaitMs: number
}

const encoder = new TextEncoder()
const ackPayload = encoder.encode('+ACK')
/**
 * The shortest time in which an order comes again. Without a delay, while no replica asks for orders, the server may forget an order that it takes
 * back until its acknowledgement is overdue (nats-server 2.9.10).
 */
const soonMs = 100

/** Opens a work-queue stream. All replicas share its orders. */
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
  let closed = false

  function toOrder(message: Msg): QueuedOrder {
    const reply = message.reply ?? ''
    const { streamSequence, deliveries } = parseAckSubject(reply)
    return {
      data: message.data,
      subject: message.subject,
      sequence: streamSequence,
      deliveries,
      ack: () => connection.publish(reply, ackPayload),
      giveBack: (delayMs = soonMs) => connection.publish(reply, encoder.encode(`-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`)),
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
        if (closed) return toOrder(message).giveBack()
        buffer.push(toOrder(message))
        if (buffer.length === 1) wake.now()
      },
    })

  function refill() {
    const wanted = room - pull.outstanding - buffer.length
    // Each request has a cost: ask for more only if a quarter of the room is free or no request is open.
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
    close() {
      closed = true
      pull.drain()
      for (const order of buffer.splice(0)) order.giveBack()
    },
  }
}
