import { withDeadline } from '../process/deadline.ts'
import { wakeable } from '../process/wakeable.ts'
import { type Checkpoint, checkpointWrittenAt, holdCheckpoint, readCheckpoint } from './checkpoint.ts'
import type { EventDecoder } from './event-decoder.ts'
import { batchApplier } from './lane-batch.ts'
import { type LaneReader, openLaneReader, ReaderInterruptedError } from './lane-reader.ts'
import { LaneLostError, type ProjectedEvent, type Projection } from './projection.ts'
import type { ProjectionDeps } from './projection-deps.ts'
import { createdAt, positionIn, startOf } from './stream-position.ts'

/** Events in one transaction, at most. */
const batchLimit = 4_000
const idleWaitMs = 1_000
/** Wait before a batch that failed is tried again: twice as long after each failure. */
const firstRetryMs = 250
const longestRetryMs = 5_000
/** A lane that has failed for so long is an alarm, and the service is not ready. */
const alarmAfterMs = 10_000
/*
 * Each step has a deadline. Statements have shorter ones of their own: this is for whatever else may never answer. What a step does after it was given
 * up changes nothing, as another reader of the lane has the checkpoint then.
 */
const defaultStepLimitMs = 120_000
const closeLimitMs = 5_000

interface LaneLoopOptions<E extends ProjectedEvent> {
  projection: Projection<E>
  lane: number
  filter: string
  decode: EventDecoder<E>
  deps: ProjectionDeps
}

interface OpenLane {
  reader: LaneReader
  from: Checkpoint
  streamMadeAt: Date
}

/** A step was given up. The lane is opened again. */
class StepTooLongError extends Error {
  override name = 'StepTooLongError'

  constructor(step: string) {
    super(`${step} took too long`)
  }
}

/** Reads one lane until stopped: batch after batch, and a tick after each. */
export function laneLoop<E extends ProjectedEvent>({ projection, lane, filter, decode, deps }: LaneLoopOptions<E>) {
  const { database, logger, metrics } = deps
  const label = { projection: projection.name }
  const { stepLimitMs = defaultStepLimitMs } = deps
  const applier = batchApplier({
    projection,
    lane,
    decode,
    positionOf: (sequence) => positionIn(streamCreatedAt, sequence),
    database,
    logger,
    metrics,
    limitMs: stepLimitMs,
  })
  const wake = wakeable()
  let stopped = false
  let reader: LaneReader | undefined
  let mustReopen = false
  let streamCreatedAt = new Date(0)
  let mustReplay = false
  let failures = 0
  let failingSinceMs: number | undefined
  let checkpoint: Checkpoint = { sequence: 0, messageId: '' }
  // Longer than all steps and the wait for a turn to apply a batch take together.
  const watched = deps.watchdog.watch(`${projection.name}, lane ${lane}`, stepLimitMs * 4)
  const inTime = <T>(step: string, work: Promise<T>) => withDeadline(work, stepLimitMs, () => new StepTooLongError(step))

  async function open(): Promise<OpenLane> {
    projection.onLaneAcquired?.(lane)
    const from = await readCheckpoint(database, projection.name, lane)
    const streamMadeAt = await createdAt(deps.connection, projection.stream)
    const start = await startOf(deps.connection, projection.stream, from, () => checkpointWrittenAt(database, projection.name, lane))
    if ('rewound' in start) {
      logger.warn(
        { lane, checkpoint: from, from: start.atTime, ...label },
        'the stream lost messages that were read: reading its tail again',
      )
    }
    return { reader: await openLaneReader({ connection: deps.connection, stream: projection.stream, filter, start }), from, streamMadeAt }
  }

  async function openInTime(): Promise<LaneReader> {
    mustReopen = false
    let isLate = false
    const opening = open()
    opening.then((late) => (isLate ? late.reader.close() : undefined)).catch(() => undefined)
    const opened = await withDeadline(opening, stepLimitMs, () => {
      isLate = true
      return new StepTooLongError('opening the lane')
    })
    checkpoint = opened.from
    streamCreatedAt = opened.streamMadeAt
    return opened.reader
  }

  async function readOn(): Promise<void> {
    const { tick } = projection
    reader ??= await openInTime()
    const messages = await reader.next(batchLimit, tick?.everyMs ?? idleWaitMs, projection.gatherMs ?? 0)
    if (messages.length > 0) checkpoint = await deps.limitBatches(() => inTime('applying a batch', applier.apply(messages, checkpoint)))
    if (mustReplay) {
      mustReplay = false
      await inTime('replaying dead letters', applier.replay(checkpoint))
    }
    if (tick) await playTick(tick, checkpoint)
  }

  async function playTick(tick: NonNullable<Projection<E>['tick']>, at: Checkpoint): Promise<void> {
    let isOver = false
    const ticking = tick.run(lane, (work) => {
      if (isOver) throw new LaneLostError(`${projection.name}: the tick of lane ${lane} was given up`)
      return database.transaction(async (tx) => {
        await holdCheckpoint(tx, projection.name, lane, at)
        return work(tx)
      }, stepLimitMs)
    })
    try {
      await inTime('the tick', ticking)
    } finally {
      isOver = true
    }
  }

  async function closeReader() {
    const closing = reader
    reader = undefined
    if (!closing) return
    try {
      await withDeadline(closing.close(), closeLimitMs, () => new StepTooLongError('closing the reader'))
    } catch (error) {
      logger.warn({ err: error, lane, ...label }, 'reader not closed')
    }
  }

  async function run() {
    while (!stopped) {
      try {
        if (mustReopen) await closeReader()
        await readOn()
        failures = 0
        failingSinceMs = undefined
        watched.progress()
      } catch (error) {
        await closeReader()
        if (!stopped) await wake.within(waitAfter(error))
      }
    }
    await closeReader()
    watched.end()
  }

  /** Logs the failure, and says how long to wait. */
  function waitAfter(error: unknown): number {
    if (error instanceof ReaderInterruptedError || error instanceof LaneLostError) {
      logger.info({ err: error, lane, ...label }, 'reading the lane again from its checkpoint')
      return error instanceof LaneLostError ? 500 : 50
    }
    failingSinceMs ??= performance.now()
    const retryInMs = Math.min(longestRetryMs, firstRetryMs * 2 ** failures++)
    const level = isFailing() ? 'error' : 'warn'
    logger[level]({ err: error, lane, failures, retryInMs, ...label }, 'the lane failed, trying again from its checkpoint')
    return retryInMs
  }

  const isFailing = () => failingSinceMs !== undefined && performance.now() - failingSinceMs >= alarmAfterMs

  const running = run()
  return {
    wake: () => reader?.wake(),
    isFailing,
    /** Somebody asked for another try of dead letters of the lane. */
    replay() {
      mustReplay = true
      reader?.wake()
    },
    /** For a connection that was lost and came back: checks what the stream holds before reading goes on. */
    reopen() {
      mustReopen = true
      reader?.wake()
      wake.now()
    },
    async stop() {
      stopped = true
      wake.now()
      reader?.wake()
      await running
    },
  }
}
