import type { CallEnded, CallEvent, CallNotDialed, CallStarted, NodeExecuted } from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { fromIso, toIso } from '@carillon/contracts/instant'
import { laneOf } from '@carillon/contracts/lane'
import type { Outcome } from '@carillon/contracts/outcome'
import { subjectOf } from '@carillon/contracts/streams'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import type { Placed } from '@carillon/service-kit/messaging/projection'
import { type StreamPublisher, streamPublisher } from '@carillon/service-kit/messaging/stream-publisher'
import { openWorkQueue, type WorkQueue } from '@carillon/service-kit/messaging/work-queue'

/** How a call goes. `lost`: the order is taken and never answered. */
export type Script = (order: DialOrder['data']) => Outcome | 'not_dialed' | 'suppressed' | 'ringing' | 'lost'

export interface Carrier {
  /** Every order that was taken, in order, with repetitions. */
  readonly orders: DialOrder[]
  /** The highest number of concurrent calls. */
  readonly peak: number
  /** Ends a call that was left ringing. */
  finish(order: DialOrder, outcome: Outcome): Promise<void>
  publish(events: readonly CallEvent[]): Promise<void>
  close(): Promise<void>
}

const text = new TextDecoder()

/** Stands in for the dialer bridge and the carrier: takes dial orders and answers each at once, as the script says. */
export async function playCarrier(connection: NatsConnection, now: () => number, script: Script): Promise<Carrier> {
  const queue: WorkQueue = await openWorkQueue({ connection, stream: 'DIAL', durable: 'test-carrier', ackWaitMs: 30_000 })
  const publisher: StreamPublisher = streamPublisher(connection)
  const orders: DialOrder[] = []
  let ringing = 0
  let peak = 0
  let closed = false

  async function publish(events: readonly CallEvent[]): Promise<void> {
    await publisher.publish(
      events.map((event) => ({
        subject: subjectOf('CALLS', laneOf(event.data.executionId ?? event.data.jobId ?? ''), event.type),
        id: event.id,
        payload: JSON.stringify(event),
      })),
    )
  }

  async function take(): Promise<void> {
    while (!closed) {
      const taken = await queue.next(500, 50)
      const batch = taken.map((entry) => JSON.parse(text.decode(entry.data)) as DialOrder)
      orders.push(...batch)
      const events = batch.flatMap((order): CallEvent[] => {
        const how = script(order.data)
        if (how === 'lost') return []
        if (how === 'not_dialed') return [notDialed(order, now(), 'expired')]
        if (how === 'suppressed') return [notDialed(order, now(), 'suppressed')]
        if (fromIso(order.data.notAfter) <= now()) return [notDialed(order, now(), 'expired')]
        ringing++
        peak = Math.max(peak, ringing)
        if (how === 'ringing') return [started(order, now())]
        ringing--
        return [started(order, now()), ended(order, now(), how)]
      })
      if (events.length > 0) await publish(events)
      for (const entry of taken) entry.ack()
    }
  }

  const taking = take()
  return {
    orders,
    get peak() {
      return peak
    },
    async finish(order, outcome) {
      ringing--
      await publish([ended(order, now(), outcome)])
    },
    publish,
    async close() {
      closed = true
      queue.wake()
      await taking
      queue.close()
      publisher.close()
    },
  }
}

/** The stream gives an event its position; facts of a test have one where it matters. */
function header(order: DialOrder, seq: number, atMs: number) {
  return {
    id: `${order.data.callId}:${seq}`,
    version: 1 as const,
    organizationId: order.organizationId,
    time: toIso(atMs),
    correlationId: order.correlationId,
    causationId: order.id,
    position: 0,
  }
}

export function started(order: DialOrder, atMs: number): CallStarted & Placed {
  const { variables, amd, notAfter, ...call } = order.data
  return { ...header(order, 1, atMs), type: 'call.started', data: { ...call, seq: 1, direction: 'outbound' } }
}

export function ended(order: DialOrder, atMs: number, outcome: Outcome, retryPointless = false): CallEnded & Placed {
  const { callId, executionId, jobId, contactId, attempt } = order.data
  const wasAnswered = outcome === 'completed' || outcome === 'voicemail'
  return {
    ...header(order, 2, atMs),
    type: 'call.ended',
    data: {
      callId,
      seq: 2,
      executionId,
      jobId,
      contactId,
      attempt,
      outcome,
      outcomeReason: 'as the script says',
      flowOutcome: wasAnswered ? 'completed' : 'failed',
      dialedAt: toIso(atMs),
      answeredAt: wasAnswered ? toIso(atMs) : null,
      durationMs: wasAnswered ? 0 : null,
      q850Cause: null,
      sipStatus: null,
      retryPointless,
      dialNodeId: 'dial_1',
      finalVariables: {},
      nodeExecutionCount: 0,
      flowStartedAt: null,
      flowCompletedAt: null,
    },
  }
}

export function notDialed(order: DialOrder, atMs: number, reason: 'expired' | 'suppressed'): CallNotDialed & Placed {
  const { callId, executionId, jobId, contactId, attempt } = order.data
  return { ...header(order, 1, atMs), type: 'call.not_dialed', data: { callId, seq: 1, executionId, jobId, contactId, attempt, reason } }
}

/** A call has run a node. */
export function ran(order: DialOrder, atMs: number, nodeId: string, seq: number): NodeExecuted {
  const { callId, executionId, jobId } = order.data
  const { position, ...common } = header(order, seq, atMs)
  const node = { nodeId, nodeType: 'menu', nodeExecutionIndex: seq, visit: 1, outputPath: 'next', data: {} }
  return {
    ...common,
    type: 'node.executed',
    data: { callId, seq, executionId, jobId, ...node, startedAt: toIso(atMs), durationMs: 0 },
  }
}
