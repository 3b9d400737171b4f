import { type Database, isTransient, type Tx } from '../postgres/database.ts'
import { underSavepoint } from '../postgres/savepoint.ts'
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
  /** The place of the event in the message, and its text. */
  place: number
  text(): string
  error: unknown
}

interface Decoded<E> {
  events: Found<E>[]
  refused: Refused[]
}

/** An event, and what it becomes if it is refused. */
interface Found<E> {
  event: E & Placed
  refusedFor(error: unknown): Refused
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
      for (const { place, event, error, text } of decode(message.subject, message.data)) {
        const refusedFor = (reason: unknown): Refused => ({ message, place, text, error: reason })
        if (event) decoded.events.push({ event: Object.assign(event, { position: positionOf(message.sequence) }), refusedFor })
        else decoded.refused.push(refusedFor(error))
      }
    }
    return decoded
  }

  async function applyEvents(tx: Tx, events: readonly (E & Placed)[]): Promise<void> {
    if (events.length === 0) return
    await checkOrganizations(tx, projection, events)
    await projection.apply(tx, lane, events)
  }

  /** Writes the effects of messages by `work`, with the checkpoint and the dead letters. `work` returns the events that it has refused. */
  async function commit(
    messages: readonly LaneMessage[],
    { events, refused }: Decoded<E>,
    from: Checkpoint,
    work: (tx: Tx) => Promise<readonly Refused[]>,
  ): Promise<Checkpoint> {
    const last = messages.at(-1)
    if (!last) return from
    const to = { sequence: last.sequence, messageId: last.id }
    const letters = await database.transaction(async (tx) => {
      await moveCheckpoint(tx, projection.name, lane, from, to)
      const all = [...refused, ...(await work(tx))]
      await addDeadLetters(tx, all.map(toLetter))
      return all
    }, limitMs)
    metrics.projectionEvents.inc(label, events.length + refused.length - letters.length)
    metrics.projectionLag.set(label, last.pending)
    for (const { message, place, error } of letters) {
      const { sequence, subject } = message
      metrics.projectionDeadLetters.inc(label)
      logger.error({ err: error, lane, sequence, place, subject, ...label }, 'event stored as a dead letter')
    }
    return to
  }

  function toLetter({ message: { sequence, subject }, place, text, error }: Refused) {
    return { projection: projection.name, lane, sequence, position: place, subject, message: text(), error: textOf(error) }
  }

  /** Applies the events of a message one by one, each under a savepoint. */
  function applyOne(message: LaneMessage, from: Checkpoint): Promise<Checkpoint> {
    const decoded = decodeAll([message])
    return commit([message], decoded, from, async (tx) => {
      const refused: Refused[] = []
      for (const { event, refusedFor } of decoded.events) {
        try {
          await underSavepoint(tx, (inner) => applyEvents(inner, [event]))
        } catch (error) {
          if (!isPoison(error)) throw error
          refused.push(refusedFor(error))
        }
      }
      return refused
    })
  }

  async function applyAgain({ id, subject, message }: StoredLetter, at: Checkpoint): Promise<void> {
    await database.transaction(async (tx) => {
      await holdCheckpoint(tx, projection.name, lane, at)
      if (!(await deleteDeadLetter(tx, id))) return
      for (const { event, error } of decode(subject, new TextEncoder().encode(message))) {
        if (!event) throw error
        // It is read now, after everything up to the checkpoint.
        await applyEvents(tx, [Object.assign(event, { position: positionOf(at.sequence) })])
      }
    })
  }

  return {
    async apply(messages, from) {
      const decoded = decodeAll(messages)
      try {
        const events = decoded.events.map(({ event }) => event)
        return await commit(messages, decoded, from, async (tx) => {
          await applyEvents(tx, events)
          return []
        })
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
