import type { StreamName } from '@carillon/contracts/streams'
import type { TSchema } from '@sinclair/typebox'
import type { Tx } from '../postgres/database.ts'

/** An event as a projection sees it. The type is that of the projection's schemas. */
export interface ProjectedEvent {
  id: string
  type: string
}

/**
 * A reader of one stream that turns events into state. It is data: the kit reads, batches, keeps the checkpoint and sets poisoned events aside.
 *
 * Each lane is read by one replica at a time, in order. The effects of a batch and the lane's checkpoint commit together.
 * An event may still come more than once where a stream had to be repaired: effects must absorb what they have seen.
 */
export interface Projection<E extends ProjectedEvent> {
  /** Key of its checkpoints: unique within the service, never changed. */
  name: string
  stream: StreamName
  /** Narrows what the server sends, e.g. `call.>`; everything of the lane when absent. */
  types?: string
  /**
   * How long to wait, after the first event of a batch, for others to share its transaction; real time. What follows a whole call is cheaper the
   * more of the call comes at once.
   */
  gatherMs?: number
  /** One schema per event type that is followed; events of other types are passed over unparsed. */
  schemas: readonly TSchema[]
  /** Writes the effects of a batch, inside the transaction that moves the checkpoint. Runs again from the start if that is rolled back. */
  apply(tx: Tx, lane: number, events: readonly E[]): Promise<void>
  /** Reading begins from the checkpoint, now and whenever another replica may have moved it: nothing remembered about the lane is valid. */
  onLaneAcquired?(lane: number): void
  /**
   * Called between batches, and at least every `everyMs` (real time) while the lane is held: work that wants to be the lane's only writer.
   * `guarded` opens a transaction that fails with {@link LaneLost} unless the lane is still this replica's.
   */
  tick?: { everyMs: number; run(lane: number, guarded: GuardedTransaction): Promise<void> }
}

export type GuardedTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** Another replica reads this lane now: what was about to be written is theirs to write. */
export class LaneLost extends Error {
  override name = 'LaneLost'
}
