import { AckPolicy, DeliverPolicy, type Msg, type NatsConnection, nanos } from 'nats'
import { wakeable } from '../process/wakeable.ts'
import { type Delivery, parseAckSubject } from './ack-subject.ts'
import { pullSubscription } from './pull-subscription.ts'

/** A message of a lane, not yet decoded. */
export interface LaneMessage {
  subject: string
  sequence: number
  /** Parsed from the headers at each access: only the last message of a batch needs it. */
  readonly id: string
  data: Uint8Array
  /** Messages of the lane that followed this one in the stream when it was sent. */
  pending: number
}

export interface LaneReader {
  /**
   * Resolves with at most `limit` messages that have arrived since the last call, in order. Waits up to `waitMs` for the first message, then up to
   * `gatherMs` for more. Rejects with {@link ReaderInterruptedError} if a new reader must be opened.
   */
  next(limit: number, waitMs: number, gatherMs: number): Promise<LaneMessage[]>
  /** Ends the waiting of `next`. */
  wake(): void
  close(): Promise<void>
}

export interface LaneReaderOptions {
  connection: NatsConnection
  stream: string
  filter: string
  start: { afterSequence: number } | { atTime: Date }
}

/** Messages were lost on the way, or the server no longer knows the consumer: reading must start again from the checkpoint. */
export class ReaderInterruptedError extends Error {
  override name = 'ReaderInterruptedError'
}

/** Messages that are requested or buffered at most. */
const prefetch = 5_000

/**
 * Opens an ordered reader of one lane. It is an ephemeral pull consumer without acknowledgements, because the database holds the checkpoint. It
 * prefetches a bounded number of messages; the client library's ordered consumer prefetches without bound if its reader is slower than the stream.
 */
export async function openLaneReader({ connection, stream, filter, start }: LaneReaderOptions): Promise<LaneReader> {
  const manager = await connection.jetstreamManager()
  const consumer = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    filter_subject: filter,
    inactive_threshold: nanos(60_000),
    mem_storage: true,
    num_replicas: 1,
    ...('atTime' in start
      ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: start.atTime.toISOString() }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.afterSequence + 1 }),
  })
  const wake = wakeable()
  let buffer: LaneMessage[] = []
  let delivered = 0
  /** This many messages in the buffer end the wait. */
  let wanted = 1
  let isWoken = false
  let failure: Error | undefined

  function fail(reason: string) {
    failure ??= new ReaderInterruptedError(reason)
    wake.now()
  }

  function refill() {
    const room = prefetch - pull.outstanding - buffer.length
    if (room >= prefetch / 2 && !failure) pull.request(room)
  }

  const pull = pullSubscription({
    connection,
    stream,
    consumer: consumer.name,
    onExpired: refill,
    onFailure: fail,
    onMessage(message) {
      const delivery = parseAckSubject(message.reply ?? '')
      if (delivery.consumerSequence !== delivered + 1) return fail(`message ${delivered + 1} of the consumer is missing`)
      delivered = delivery.consumerSequence
      buffer.push(laneMessage(message, delivery))
      if (buffer.length === wanted) wake.now()
    },
  })

  /** Waits until the buffer holds `count` messages, the reader fails or is woken, or `ms` have passed. */
  async function waitFor(count: number, ms: number) {
    wanted = count
    const endMs = performance.now() + ms
    let leftMs = ms
    while (buffer.length < count && leftMs > 0 && !failure && !isWoken) {
      await wake.within(leftMs)
      leftMs = endMs - performance.now()
    }
  }

  refill()
  return {
    async next(limit, waitMs, gatherMs) {
      await waitFor(1, waitMs)
      if (buffer.length > 0) await waitFor(limit, gatherMs)
      isWoken = false
      if (pull.isQuiet()) fail('the server sends no heartbeats')
      if (failure) throw failure
      const batch = buffer.length <= limit ? buffer : buffer.slice(0, limit)
      buffer = buffer.length <= limit ? [] : buffer.slice(limit)
      refill()
      return batch
    },
    wake() {
      isWoken = true
      wake.now()
    },
    async close() {
      pull.close()
      if (connection.isClosed()) return
      // If this fails, the server deletes the consumer after a minute without a reader.
      await manager.consumers.delete(stream, consumer.name).catch(() => undefined)
    },
  }
}

function laneMessage(message: Msg, { streamSequence, pending }: Delivery): LaneMessage {
  return {
    subject: message.subject,
    sequence: streamSequence,
    data: message.data,
    pending,
    get id() {
      return message.headers?.get('Nats-Msg-Id') ?? ''
    },
  }
}
