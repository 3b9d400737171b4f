import { isTransient } from '../postgres/database.ts'
import { wakeable } from '../process/wakeable.ts'
import { type Checkpoint, holdCheckpoint, moveCheckpoint, readCheckpoint } from './checkpoint.ts'
import type { EventDecoder } from './event-decoder.ts'
import { type LaneMessage, type LaneReader, openLaneReader, ReaderInterrupted } from './lane-reader.ts'
import { LaneLost, type ProjectedEvent, type Projection } from './projection.ts'
import type { ProjectionDeps } from './projection-deps.ts'
import { startOf } from './stream-position.ts'

/** Events in one transaction, at most. */
const batchLimit = 4_000
const idleWaitMs = 1_000

interface LaneLoopOptions<E extends ProjectedEvent> {
  projection: Projection<E>
  lane: number
  filter: string
  decode: EventDecoder<E>
  deps: ProjectionDeps
}

interface Decoded<E> {
  events: E[]
  /** Messages that could not be read. */
  broken: { message: LaneMessage; error: unknown }[]
}

/** Reads one lane for as long as it is held: batch after batch, each in one transaction with the checkpoint. */
export function laneLoop<E extends ProjectedEvent>({ projection, lane, filter, decode, deps }: LaneLoopOptions<E>) {
  const { database, logger, metrics } = deps
  const label = { projection: projection.name }
  const wake = wakeable()
  let stopped = false
  let reader: LaneReader | undefined
  let mustReopen = false
  let checkpoint: Checkpoint = { sequence: 0, messageId: '' }

  function decodeAll(messages: readonly LaneMessage[]): Decoded<E> {
    const decoded: Decoded<E> = { events: [], broken: [] }
    for (const message of messages) {
      try {
        const event = decode(message.subject, message.data)
        if (event) decoded.events.push(event)
      } catch (error) {
        decoded.broken.push({ message, error })
      }
    }
    return decoded
  }

  async function commit(messages: readonly LaneMessage[], { events, broken }: Decoded<E>): Promise<void> {
    const last = messages.at(-1)
    if (!last) return
    const target = { sequence: last.sequence, messageId: last.id }
    await database.transaction(async (tx) => {
      await moveCheckpoint(tx, projection.name, lane, checkpoint, target)
      for (const { message, error } of broken) {
        await tx.sql`
          insert into dead_letters (projection, lane, stream_sequence, subject, message, error)
          values (${projection.name}, ${lane}, ${message.sequence}, ${message.subject},
                  ${new TextDecoder().decode(message.data)}, ${error instanceof Error ? (error.stack ?? error.message) : String(error)})
          on conflict (projection, stream_sequence) do nothing`
      }
      if (events.length > 0) await projection.apply(tx, lane, events)
    })
    checkpoint = target
    metrics.projectionEvents.inc(label, events.length)
    metrics.projectionLag.set(label, last.pending)
    for (const { message, error } of broken) {
      metrics.projectionDeadLetters.inc(label)
      logger.error({ err: error, lane, sequence: message.sequence, subject: message.subject, ...label }, 'event set aside')
    }
  }

  /** Applies a batch; where the batch itself is at fault, one event at a time, setting aside the one that fails. */
  async function process(messages: readonly LaneMessage[]): Promise<void> {
    const decoded = decodeAll(messages)
    try {
      await commit(messages, decoded)
    } catch (error) {
      if (error instanceof LaneLost || isTransient(error)) throw error
      metrics.projectionFailures.inc(label)
      logger.warn({ err: error, lane, events: decoded.events.length, ...label }, 'batch failed, applying its events one by one')
      for (const message of messages) {
        const single = decodeAll([message])
        try {
          await commit([message], single)
        } catch (poison) {
          if (poison instanceof LaneLost || isTransient(poison)) throw poison
          await commit([message], { events: [], broken: [{ message, error: poison }] })
        }
      }
    }
  }

  async function open(): Promise<LaneReader> {
    mustReopen = false
    projection.onLaneAcquired?.(lane)
    checkpoint = await readCheckpoint(database, projection.name, lane)
    const start = await startOf(deps.connection, projection.stream, checkpoint)
    if ('rewound' in start) {
      logger.warn({ lane, checkpoint, from: start.atTime, ...label }, 'the stream is not the one that was read: reading its tail again')
    }
    return openLaneReader({ connection: deps.connection, stream: projection.stream, filter, start })
  }

  async function readOn(): Promise<void> {
    const { tick } = projection
    reader ??= await open()
    const messages = await reader.next(batchLimit, tick?.everyMs ?? idleWaitMs, projection.gatherMs ?? 0)
    if (messages.length > 0) await deps.limitBatches(() => process(messages))
    await tick?.run(lane, (work) =>
      database.transaction(async (tx) => {
        await holdCheckpoint(tx, projection.name, lane, checkpoint)
        return work(tx)
      }),
    )
  }

  async function closeReader() {
    const closing = reader
    reader = undefined
    await closing?.close()
  }

  async function run() {
    while (!stopped) {
      try {
        if (mustReopen) await closeReader()
        await readOn()
      } catch (error) {
        await closeReader()
        if (stopped) break
        const level = error instanceof ReaderInterrupted || error instanceof LaneLost ? 'info' : 'warn'
        logger[level]({ err: error, lane, ...label }, 'reading the lane again from its checkpoint')
        await wake.within(error instanceof ReaderInterrupted ? 50 : 500)
      }
    }
    await closeReader()
  }

  const running = run()
  return {
    wake: () => reader?.wake(),
    /** The connection was away: what the stream holds must be looked at before reading on. */
    reopen() {
      mustReopen = true
      reader?.wake()
    },
    async stop() {
      stopped = true
      wake.now()
      reader?.wake()
      await running
    },
  }
}
