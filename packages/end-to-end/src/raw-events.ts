import type { BillingEvent, CallRated } from '@carillon/contracts/billing-events'
import type { CallEvent } from '@carillon/contracts/call-events'
import { laneOf } from '@carillon/contracts/lane'
import { laneFilter, type StreamName } from '@carillon/contracts/streams'
import { connect } from 'nats'

/** The events of an execution in the streams, in order, each event once. */
export interface RawEvents {
  calls: CallEvent[]
  ratings: CallRated[]
}

/** Reads an execution's lane straight from NATS. `natsUrl` may name a user. */
export async function readRawEvents(natsUrl: string, executionId: string): Promise<RawEvents> {
  const isOwn = (event: { data: { executionId?: string | null } }) => event.data.executionId === executionId
  const calls = await readLane<CallEvent>(natsUrl, 'CALLS', executionId)
  const billing = await readLane<BillingEvent>(natsUrl, 'BILLING', executionId)
  return {
    calls: unique(calls.filter(isOwn)),
    ratings: unique(billing.filter((event) => event.type === 'call.rated').filter(isOwn)),
  }
}

async function readLane<E>(natsUrl: string, stream: StreamName, executionId: string): Promise<E[]> {
  const { username: user, password: pass, host } = new URL(natsUrl)
  const connection = await connect({ servers: host, ...(user ? { user, pass } : {}), name: 'end-to-end' })
  try {
    const consumer = await connection.jetstream().consumers.get(stream, { filterSubjects: laneFilter(stream, laneOf(executionId)) })
    const { num_pending: pending } = await consumer.info()
    const events: E[] = []
    if (pending === 0) return events
    for await (const message of await consumer.consume()) {
      events.push(message.json<E>())
      if (events.length === pending) break
    }
    return events
  } finally {
    await connection.close()
  }
}

/** After a crash a stream may hold an event twice, with the same id. */
function unique<E extends { id: string }>(events: readonly E[]): E[] {
  return [...new Map(events.map((event) => [event.id, event])).values()]
}
