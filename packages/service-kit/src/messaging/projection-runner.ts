import { lanes } from '@carillon/contracts/lane'
import { laneFilter } from '@carillon/contracts/streams'
import { startLeases } from '../postgres/leases.ts'
import { eventDecoder } from './event-decoder.ts'
import { laneLoop } from './lane-loop.ts'
import { onReconnect } from './nats.ts'
import type { ProjectedEvent, Projection } from './projection.ts'
import type { ProjectionDeps } from './projection-deps.ts'

export interface RunningProjection {
  /** Runs the lane's next tick now. */
  wake(lane: number): void
  lanesHeld(): number[]
  /** Finishes the batches that are being applied, then gives the lanes back. */
  stop(): Promise<void>
}

/** Runs a projection over this replica's share of the lanes, until stopped. */
export function startProjection<E extends ProjectedEvent>(projection: Projection<E>, deps: ProjectionDeps): RunningProjection {
  const decode = eventDecoder<E>(projection.schemas)
  const loops = new Map<number, ReturnType<typeof laneLoop>>()
  const gauge = () => deps.metrics.lanesHeld.set({ projection: projection.name }, loops.size)

  void onReconnect(deps.connection, () => {
    for (const loop of loops.values()) loop.reopen()
  })

  const leases = startLeases({
    database: deps.database,
    logger: deps.logger,
    group: projection.name,
    items: lanes,
    holder: deps.replicaId,
    ttlMs: deps.leaseTtlMs,
    onAcquired(lane) {
      const filter = laneFilter(projection.stream, lane, projection.types)
      loops.set(lane, laneLoop({ projection, lane, filter, decode, deps }))
      gauge()
    },
    async onLost(lane) {
      const loop = loops.get(lane)
      loops.delete(lane)
      gauge()
      await loop?.stop()
    },
  })

  return {
    wake: (lane) => loops.get(lane)?.wake(),
    lanesHeld: () => [...loops.keys()],
    stop: () => leases.stop(),
  }
}
