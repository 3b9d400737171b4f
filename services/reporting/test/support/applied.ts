import { laneOf } from '@carillon/contracts/lane'
import type { Placed, ProjectedEvent, Projection } from '@carillon/service-kit/messaging/projection'
import type { Tx } from '@carillon/service-kit/postgres/database'

let position = 0

/** Events with positions of the stream, each with the next one. */
export function placed<E>(events: readonly E[]): (E & Placed)[] {
  return events.map((event): E & Placed => ({ ...event, position: ++position }))
}

/** Applies events of one lane as the kit does: each has the next position of its stream. */
export async function applied<E extends ProjectedEvent & { correlationId: string }>(
  tx: Tx,
  projection: Projection<E>,
  events: readonly E[],
): Promise<void> {
  await projection.apply(tx, laneOf(events[0]?.correlationId ?? ''), placed(events))
}
