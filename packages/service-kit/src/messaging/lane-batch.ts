import { type Database, isTransient } from '../postgres/database.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { type Checkpoint, holdCheckpoint, moveCheckpoint } from './checkpoint.ts'
import { addDeadLetters, deleteDeadLetter, lettersToReplay, type StoredLetter } from './dead-letters.ts'
import type { EventDecoder } from './event-decoder.ts'
import type { LaneMessage } from './lane-reader.ts'
import { isPoison } from './poison.ts'
import { LaneLostError, type Placed, type ProjectedEvent, type Projection } from './projection.ts'
import { checkOrganizations } from './subject-organizations.ts'

interface Options<E extends ProjectedEvent> {
  projection: Projection<E>
  lane: number
  decode: EventDecoder<E>
  /** The position of a message of the stream, by its sequence. */
  positionOf(sequence: number): number
  database: Database
  logger: Logger
  metrics: Metrics
  /** A transaction that takes longer is rolled back. */
  limitMs: number
}

interface Refused {
  message: LaneMessage
  error: unknown
}

interface Decoded<E> {
  events: (E & Placed)[]
  refused: Refused[]
}

export interface BatchApplier {
  /**
   * Applies a batch of messages and returns the checkpoint after it. Rejects unless the events are at fault: then the checkpoint must be read
   * again, and the batch is tried again.
   */
  apply(messages: readonly LaneMessage[], checkpoint: Checkpoint): Promise<Checkpoint>
  /** Tries dead letters of the lane again that somebody asked for, each in a transaction of its own. */
  replay(checkpoint: Checkpoint): Promise<void>
}

/** Makes what applies the batches of one lane. The effects of a batch, its dead letters and its checkpoint commit together. */
export function batchApplier<E extends ProjectedEvent>({
  projection,
  lane,
  decode,
  positionOf,
  database,
  logger,
  metrics,
  limitMs,
}: Options<E>): BatchApplier {
  const label = { projection: projection.name }

  function decodeAll(messages: readonly LaneMessage[]): Decoded<E> {
    const decoded: Decoded<E> = { events: [], refused: [] }
    for (const message of messages) {
      try {
        const event = decode(message.subject, message.data)
        if (event) decoded.events.push(Object.assign(event, { position: positionOf(message.sequence) }))
      } catch (error) {
        decoded.refused.push({ message, error })
      }
    }
    return decoded
  }

  async function commit(messages: readonly LaneMessage[], { events, refused }: Decoded<E>, from: Checkpoint): Promise<Checkpoint> {
    const last = messages.at(-1)
    if (!last) return from
    const to = { sequence: last.sequence, messageId: last.id }
    await database.transaction(async (tx) => {
      await moveCheckpoint(tx, projection.name, lane, from, to)
      await addDeadLetters(tx, refused.map(toLetter))
      if (events.length === 0) return
      await checkOrganizations(tx, projection, events)
      await projection.apply(tx, lane, events)
    }, limitMs)
    metrics.projectionEvents.inc(label, events.length)
    metrics.projectionLag.set(label, last.pending)
    for (const { message, error } of refused) {
      metrics.projectionDeadLetters.inc(label)
      logger.error({ err: error, lane, sequence: message.sequence, subject: message.subject, ...label }, 'event stored as a dead letter')
    }
    return to
  }

  function toLetter({ message: { sequence, subject, data }, error }: Refused) {
    const message = new TextDecoder().decode(data)
    return { projection: projection.name, lane, sequence, position: 0, subject, message, error: textOf(error) }
  }

  async function applyOne(message: LaneMessage, from: Checkpoint): Promise<Checkpoint> {
    try {
      return await commit([message], decodeAll([message]), from)
    } catch (error) {
      if (!isPoison(error)) throw error
      return commit([message], { events: [], refused: [{ message, error }] }, from)
    }
  }

  async function applyAgain({ id, subject, message }: StoredLetter, at: Checkpoint): Promise<void> {
    await database.transaction(async (tx) => {
      await holdCheckpoint(tx, projection.name, lane, at)
      if (!(await deleteDeadLetter(tx, id))) return
      const event = decode(subject, new TextEncoder().encode(message))
      if (!event) return
      await checkOrganizations(tx, projection, [event])
      // It is read now, after everything up to the checkpoint.
      await projection.apply(tx, lane, [Object.assign(event, { position: positionOf(at.sequence) })])
    })
  }

  return {
    async apply(messages, from) {
      const decoded = decodeAll(messages)
      try {
        return await commit(messages, decoded, from)
      } catch (error) {
        metrics.projectionFailures.inc(label)
        if (!isPoison(error)) throw error
        logger.warn({ err: error, lane, events: decoded.events.length, ...label }, 'batch failed, applying its events one by one')
      }
      let checkpoint = from
      for (const message of messages) checkpoint = await applyOne(message, checkpoint)
      return checkpoint
    },
    async replay(at) {
      for (const letter of await lettersToReplay(database, projection.name, lane)) {
        const context = { letter: letter.id, lane, sequence: letter.sequence, ...label }
        try {
          await applyAgain(letter, at)
          logger.info(context, 'dead letter applied')
        } catch (error) {
          if (error instanceof LaneLostError || isTransient(error)) throw error
          await addDeadLetters(database, [{ ...letter, error: textOf(error) }])
          logger.error({ err: error, ...context }, 'dead letter refused again')
        }
      }
    },
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
