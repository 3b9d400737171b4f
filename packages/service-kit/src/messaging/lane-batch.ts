import { type Database, isTransient, type Tx } from '../postgres/database.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { type Checkpoint, moveCheckpoint } from './checkpoint.ts'
import type { EventDecoder } from './event-decoder.ts'
import type { LaneMessage } from './lane-reader.ts'
import { LaneLostError, type ProjectedEvent, type Projection } from './projection.ts'

interface Options<E extends ProjectedEvent> {
  projection: Projection<E>
  lane: number
  decode: EventDecoder<E>
  database: Database
  logger: Logger
  metrics: Metrics
  /** A transaction that takes longer is rolled back. */
  limitMs: number
}

interface DeadLetter {
  message: LaneMessage
  error: unknown
}

interface Decoded<E> {
  events: E[]
  deadLetters: DeadLetter[]
}

/**
 * Applies a batch of messages and returns the checkpoint after it. Rejects with {@link LaneLostError} or with a transient error of the database: then
 * the checkpoint must be read again.
 */
export type ApplyBatch = (messages: readonly LaneMessage[], checkpoint: Checkpoint) => Promise<Checkpoint>

/** Makes what applies the batches of one lane. The effects of a batch, its dead letters and its checkpoint commit together. */
export function batchApplier<E extends ProjectedEvent>({
  projection,
  lane,
  decode,
  database,
  logger,
  metrics,
  limitMs,
}: Options<E>): ApplyBatch {
  const label = { projection: projection.name }

  function decodeAll(messages: readonly LaneMessage[]): Decoded<E> {
    const decoded: Decoded<E> = { events: [], deadLetters: [] }
    for (const message of messages) {
      try {
        const event = decode(message.subject, message.data)
        if (event) decoded.events.push(event)
      } catch (error) {
        decoded.deadLetters.push({ message, error })
      }
    }
    return decoded
  }

  async function commit(messages: readonly LaneMessage[], { events, deadLetters }: Decoded<E>, from: Checkpoint): Promise<Checkpoint> {
    const last = messages.at(-1)
    if (!last) return from
    const to = { sequence: last.sequence, messageId: last.id }
    await database.transaction(async (tx) => {
      await moveCheckpoint(tx, projection.name, lane, from, to)
      for (const letter of deadLetters) await addDeadLetter(tx, projection.name, lane, letter)
      if (events.length > 0) await projection.apply(tx, lane, events)
    }, limitMs)
    metrics.projectionEvents.inc(label, events.length)
    metrics.projectionLag.set(label, last.pending)
    for (const { message, error } of deadLetters) {
      metrics.projectionDeadLetters.inc(label)
      logger.error({ err: error, lane, sequence: message.sequence, subject: message.subject, ...label }, 'event stored as a dead letter')
    }
    return to
  }

  async function applyOne(message: LaneMessage, from: Checkpoint): Promise<Checkpoint> {
    try {
      return await commit([message], decodeAll([message]), from)
    } catch (error) {
      if (mustReadAgain(error)) throw error
      return commit([message], { events: [], deadLetters: [{ message, error }] }, from)
    }
  }

  return async (messages, from) => {
    const decoded = decodeAll(messages)
    try {
      return await commit(messages, decoded, from)
    } catch (error) {
      if (mustReadAgain(error)) throw error
      metrics.projectionFailures.inc(label)
      logger.warn({ err: error, lane, events: decoded.events.length, ...label }, 'batch failed, applying its events one by one')
    }
    let checkpoint = from
    for (const message of messages) checkpoint = await applyOne(message, checkpoint)
    return checkpoint
  }
}

/** Whether the events are not to blame for the failure. */
function mustReadAgain(error: unknown): boolean {
  return error instanceof LaneLostError || isTransient(error)
}

async function addDeadLetter(tx: Tx, projection: string, lane: number, { message, error }: DeadLetter): Promise<void> {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  await tx.sql`
    insert into dead_letters (projection, lane, stream_sequence, subject, message, error)
    values (${projection}, ${lane}, ${message.sequence}, ${message.subject}, ${new TextDecoder().decode(message.data)}, ${text})
    on conflict (projection, stream_sequence) do nothing`
}
