import type { StreamName } from '@carillon/contracts/streams'
import type { TSchema } from '@sinclair/typebox'
import type { Tx } from '../postgres/database.ts'

/** The fields that the kit needs of an event; the full type is that of the projection's schemas. */
export interface ProjectedEvent {
  id: string
  type: string
  organizationId: string
}

/** Where an event stands in its stream. */
export interface Placed {
  /** Rises along the stream, and is the same for every reader. See `positionIn`. */
  readonly position: number
}

/**
 * Turns the events of one stream into state. The kit reads the lanes, batches the events, keeps the checkpoints and stores events that cannot be
 * applied as dead letters.
 *
 * Each lane is read by one replica at a time, in order. The effects of a batch and the lane's checkpoint commit together. An event can still
 * arrive a second time after a stream was repaired, so effects must be idempotent.
 */
export interface Projection<E extends ProjectedEvent> {
  /** Key of its checkpoints: unique within the service, never changed. */
  name: string
  stream: StreamName
  /** Filters what the server sends, for example `call.>`; the whole lane if absent. */
  types?: string
  /**
   * How long to wait for more events after the first one of a batch, in real time. A projection of whole calls is cheaper if one batch holds more of
   * a call.
   */
  gatherMs?: number
  /** One schema per event type that the projection needs; events of other types are skipped without parsing. */
  schemas: readonly TSchema[]
  /**
   * The id of the execution, job, program or organization that an event is about. The first event about it says whose it is: an event that names another organization
   * is set aside.
   */
  subjectOf(event: E): string
  /**
   * Writes the effects of a batch, in the transaction that moves the checkpoint. After a failure it may run several times in that transaction, for an
   * event at a time, each under a savepoint. Runs again if that transaction is rolled back. An event is set aside
   * only for an error of the list in `poison.ts`, such as an `EventRefusedError`. With any other error the batch is tried again until it succeeds.
   */
  apply(tx: Tx, lane: number, events: readonly (E & Placed)[]): Promise<void>
  /** Called before reading starts from the checkpoint, also after an interruption. Another replica may have moved it: drop what is cached about the lane. */
  onLaneAcquired?(lane: number): void
  /**
   * Work that must be the lane's only writer. Runs after each batch, and at least every `everyMs` (real time) while the lane is held.
   * `guarded` runs a transaction; it rejects with {@link LaneLostError} if this replica no longer holds the lane.
   */
  tick?: { everyMs: number; run(lane: number, guarded: GuardedTransaction): Promise<void> }
}

export type GuardedTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** Another replica reads this lane now. The transaction must be rolled back. */
export class LaneLostError extends Error {
  override name = 'LaneLostError'
}
