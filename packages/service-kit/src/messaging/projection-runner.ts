import { lanes } from '@carillon/contracts/lane'
import { laneFilter } from '@carillon/contracts/streams'
import { startLeases } from '../postgres/leases.ts'
import { every } from '../process/every.ts'
import { lanesToReplay } from './dead-letters.ts'
import { eventDecoder } from './event-decoder.ts'
import { laneLoop } from './lane-loop.ts'
import { onReconnect } from './nats.ts'
import type { ProjectedEvent, Projection } from './projection.ts'
import type { ProjectionDeps } from './projection-deps.ts'

export interface RunningProjection {
  /** Runs the lane's next tick now. */
  wake(lane: number): void
  lanesHeld(): number[]
  /** Lanes whose next events have failed for a while, and are tried again. */
  lanesFailing(): number[]
  /** Finishes the batches that are being applied, then gives the lanes back. */
  stop(): Promise<void>
}

/** How often failing lanes are counted, and dead letters looked for that are to be tried again. */
const watchEveryMs = 2_000

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

  const lanesFailing = () => [...loops].filter(([, loop]) => loop.isFailing()).map(([lane]) => lane)
  const watch = every(
    {
      name: `watch over ${projection.name}`,
      intervalMs: watchEveryMs,
      async work() {
        deps.metrics.projectionLanesFailing.set({ projection: projection.name }, lanesFailing().length)
        for (const lane of await lanesToReplay(deps.database, projection.name)) loops.get(lane)?.replay()
      },
    },
    deps,
  )

  return {
    wake: (lane) => loops.get(lane)?.wake(),
    lanesHeld: () => [...loops.keys()],
    lanesFailing,
    async stop() {
      await watch.stop()
      await leases.stop()
    },
  }
}
