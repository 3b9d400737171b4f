import { wakeable } from '../process/wakeable.ts'
import { type Checkpoint, holdCheckpoint, readCheckpoint } from './checkpoint.ts'
import type { EventDecoder } from './event-decoder.ts'
import { batchApplier } from './lane-batch.ts'
import { type LaneReader, openLaneReader, ReaderInterruptedError } from './lane-reader.ts'
import { LaneLostError, type ProjectedEvent, type Projection } from './projection.ts'
import type { ProjectionDeps } from './projection-deps.ts'
import { createdAt, positionIn, startOf } from './stream-position.ts'

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

/** Reads one lane until stopped: batch after batch, and a tick after each. */
export function laneLoop<E extends ProjectedEvent>({ projection, lane, filter, decode, deps }: LaneLoopOptions<E>) {
  const { database, logger, metrics } = deps
  const label = { projection: projection.name }
  const apply = batchApplier({
    projection,
    lane,
    decode,
    positionOf: (sequence) => positionIn(streamCreatedAt, sequence),
    database,
    logger,
    metrics,
  })
  const wake = wakeable()
  let stopped = false
  let reader: LaneReader | undefined
  let mustReopen = false
  let streamCreatedAt = new Date(0)
  let checkpoint: Checkpoint = { sequence: 0, messageId: '' }

  async function open(): Promise<LaneReader> {
    mustReopen = false
    projection.onLaneAcquired?.(lane)
    checkpoint = await readCheckpoint(database, projection.name, lane)
    streamCreatedAt = await createdAt(deps.connection, projection.stream)
    const start = await startOf(deps.connection, projection.stream, checkpoint)
    if ('rewound' in start) {
      logger.warn({ lane, checkpoint, from: start.atTime, ...label }, 'the stream lost its last messages: reading its tail again')
    }
    return openLaneReader({ connection: deps.connection, stream: projection.stream, filter, start })
  }

  async function readOn(): Promise<void> {
    const { tick } = projection
    reader ??= await open()
    const messages = await reader.next(batchLimit, tick?.everyMs ?? idleWaitMs, projection.gatherMs ?? 0)
    if (messages.length > 0) checkpoint = await deps.limitBatches(() => apply(messages, checkpoint))
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
        const level = error instanceof ReaderInterruptedError || error instanceof LaneLostError ? 'info' : 'warn'
        logger[level]({ err: error, lane, ...label }, 'reading the lane again from its checkpoint')
        await wake.within(error instanceof ReaderInterruptedError ? 50 : 500)
      }
    }
    await closeReader()
  }

  const running = run()
  return {
    wake: () => reader?.wake(),
    /** For a connection that was lost and came back: checks what the stream holds before reading goes on. */
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
