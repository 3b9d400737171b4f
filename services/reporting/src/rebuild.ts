import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import type { Database } from '@carillon/service-kit/postgres/database'
import { billingProjection } from './projections/billing.ts'
import { callsProjection } from './projections/calls.ts'
import { executionsProjection } from './projections/executions.ts'
import { forgetReadModels } from './store/read-models.ts'

const projections = [callsProjection, executionsProjection, billingProjection]

/** A stream no longer holds all its events: what they said would be lost. */
export class HistoryIncomplete extends Error {
  override name = 'HistoryIncomplete'
}

/**
 * Throws the read models away; the replicas that run, or the next to start, read the streams again from the beginning.
 * Throws {@link HistoryIncomplete}, having changed nothing, where retention has taken events from a stream.
 */
export async function rebuild(database: Database, nats: NatsConnection): Promise<void> {
  const manager = await nats.jetstreamManager()
  for (const { stream } of projections) {
    const { state } = await manager.streams.info(stream)
    if (state.first_seq > 1) throw new HistoryIncomplete(`stream ${stream} begins at ${state.first_ts}: older events are gone`)
  }
  await forgetReadModels(
    database,
    projections.map(({ name }) => name),
  )
}
