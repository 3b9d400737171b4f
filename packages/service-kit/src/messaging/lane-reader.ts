import { AckPolicy, DeliverPolicy, type Msg, type NatsConnection, nanos } from 'nats'
import { wakeable } from '../process/wakeable.ts'
import { pullSubscription } from './pull-subscription.ts'

/** A message of a stream, undecoded. */
export interface LaneMessage {
  subject: string
  sequence: number
  /** Read from the headers when asked for, which is once a batch. */
  readonly id: string
  data: Uint8Array
  /** Messages of the lane that the stream held behind this one when it was sent. */
  pending: number
}

export interface LaneReader {
  /**
   * What has arrived since, in order, `limit` at most; waits up to `waitMs` for the first, and `gatherMs` more for others. Rejects when reading
   * has to begin anew.
   */
  next(limit: number, waitMs: number, gatherMs: number): Promise<LaneMessage[]>
  /** Ends the waits of `next`. */
  wake(): void
  close(): Promise<void>
}

export interface LaneReaderOptions {
  connection: NatsConnection
  stream: string
  filter: string
  start: { afterSequence: number } | { atTime: Date }
}

/** Reading must begin anew from the checkpoint: messages were lost on the way, or the server forgot the consumer. */
export class ReaderInterrupted extends Error {
  override name = 'ReaderInterrupted'
}

const prefetch = 5_000

/**
 * Reads one lane of a stream in order, by an ephemeral pull consumer without acknowledgements: the checkpoint in the database says where
 * to begin. Prefetches a bounded number of messages; the client's ordered consumer prefetches without bound when its reader is slower
 * than the stream.
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
  /** So many messages in the buffer end a wait. */
  let wanted = 1
  let isWoken = false
  let failure: Error | undefined

  function fail(reason: string) {
    failure ??= new ReaderInterrupted(reason)
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
      const position = parseAckSubject(message.reply ?? '')
      if (position.delivered !== delivered + 1) return fail(`message ${delivered + 1} of the consumer is missing`)
      delivered = position.delivered
      buffer.push(laneMessage(message, position))
      if (buffer.length === wanted) wake.now()
    },
  })

  /** Waits until `count` messages are there, or something else wants attention. */
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
      if (pull.isQuiet()) fail('the server has gone quiet')
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
      // A consumer that cannot be deleted now goes by itself after a minute without a reader.
      await manager.consumers.delete(stream, consumer.name).catch(() => undefined)
    },
  }
}

function laneMessage(message: Msg, { sequence, pending }: Position): LaneMessage {
  return {
    subject: message.subject,
    sequence,
    data: message.data,
    pending,
    get id() {
      return message.headers?.get('Nats-Msg-Id') ?? ''
    },
  }
}

interface Position {
  sequence: number
  delivered: number
  pending: number
}

/** `$JS.ACK.<stream>.<consumer>.<redelivered>.<stream seq>.<consumer seq>.<time>.<pending>`, or with domain and account before the stream. */
function parseAckSubject(reply: string): Position {
  const tokens = reply.split('.')
  const base = tokens.length > 9 ? 4 : 2
  return { sequence: Number(tokens[base + 3]), delivered: Number(tokens[base + 4]), pending: Number(tokens[base + 6]) }
}
