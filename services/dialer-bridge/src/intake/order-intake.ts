import { isTestNumber } from '@carillon/contracts/test-numbers'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import type { QueuedOrder, WorkQueue } from '@carillon/service-kit/messaging/work-queue'
import type { Clock } from '@carillon/service-kit/process/clock'
import type { Logger } from '@carillon/service-kit/process/logger'
import { wakeable } from '@carillon/service-kit/process/wakeable'
import type { CallLog } from '../calls/call-log.ts'
import type { CallRunner } from '../calls/call-runner.ts'
import type { CallStarter } from '../calls/call-starter.ts'
import type { Presence } from '../calls/presence.ts'
import type { Carrier } from '../carriers/carrier.ts'
import { ownerOf } from '../domain/call-event.ts'
import type { BridgeMetrics } from '../metrics.ts'
import { type DeadOrder, insertDeadOrders } from '../store/dead-letters.ts'
import { type Admission, type AdmissionDeps, admit, type Candidate, newClaim } from './admission.ts'
import { suppressedCalls } from './do-not-call.ts'
import { type FlowVersion, type FlowVersions, flowKeyOf } from './flow-versions.ts'
import { type DecodedOrder, decodeOrder } from './order-decoder.ts'

export interface OrderIntakeOptions extends AdmissionDeps {
  nats: NatsConnection
  queue: WorkQueue
  flows: FlowVersions
  runner: CallRunner
  starter: CallStarter
  presence: Presence
  log: CallLog
  clock: Clock
  logger: Logger
  metrics: BridgeMetrics
  /** Calls at once. */
  maxChannels: number
  /** Live calls reach people. */
  reachesPeople: boolean
  carrier: Pick<Carrier, 'isReady'>
}

/** Takes dial orders for as many channels as are free. */
export interface OrderIntake {
  /** A channel may be free again. */
  roomMade(): void
  stop(): Promise<void>
}

/** An order that must wait comes again after this time, and then after twice as long each time. Real milliseconds. */
const waitMs = { least: 250, most: 4_000 }
/** No order is taken while more events than this wait for the database. */
const maxPendingEvents = 8_000
const retryMs = 250

/** An order and its messages in the queue: it may come twice within one batch. */
type Received = DecodedOrder & { readonly queued: QueuedOrder[] }
/** An order whose flow is loaded. */
type Ready = Received & Pick<Candidate, 'version'>

/**
 * The path of an order: read it, get its flow, look its number up in the do-not-call list, journal it, acknowledge it, and only then ask the carrier. An order that cannot be carried out now
 * is given back and comes again, until it is carried out or too late.
 */
export function startOrderIntake(options: OrderIntakeOptions): OrderIntake {
  const { database, nats, queue, flows, runner, starter, presence, log, clock, logger, metrics, maxChannels, reachesPeople, carrier } =
    options
  const room = wakeable()
  const loads = new Set<Promise<void>>()
  /** Messages taken from the queue whose orders are not calls yet. */
  let inHand = 0
  let stopped = false

  async function round() {
    const free = maxChannels - inHand - runner.size
    if (free <= 0 || log.pendingEvents > maxPendingEvents) return room.within(100)
    const queued = await queue.next(free, 1_000)
    if (queued.length === 0) return
    metrics.ordersTaken.inc(queued.length)
    inHand += queued.length
    const { readable, dead } = readAll(queued)
    if (dead.length > 0) await setAside(dead)
    const { known, unknown } = sortByFlow(withoutPostponed(readable))
    // An execution whose flow must be loaded first does not hold up the others.
    for (const [key, orders] of unknown) dialLater(key, orders)
    if (known.length > 0) await dial(known)
  }

  function readAll(queued: readonly QueuedOrder[]) {
    const readable = new Map<string, Received>()
    const dead: { queued: QueuedOrder; letter: DeadOrder }[] = []
    for (const order of queued) {
      try {
        const decoded = decodeOrder(order.data)
        const { callId } = decoded.order.data
        const twin = readable.get(callId)
        if (twin) twin.queued.push(order)
        else readable.set(callId, { ...decoded, queued: [order] })
      } catch (error) {
        dead.push({ queued: order, letter: deadLetter(order, error) })
      }
    }
    return { readable: [...readable.values()], dead }
  }

  /** Gives back the orders that the carrier could not place now. One that is too late needs no carrier. */
  function withoutPostponed(orders: readonly Received[]): Received[] {
    const nowMs = clock.now()
    const canGoOn = ({ order, notAfterMs }: Received) => notAfterMs <= nowMs || carrier.isReady(order.data.test === true)
    const postponed = orders.filter((order) => !canGoOn(order))
    if (postponed.length > 0) {
      logger.warn({ orders: postponed.length }, 'the carrier cannot place calls now, the orders will come again')
      metrics.ordersPostponed.inc(postponed.length)
      giveBack(postponed)
    }
    return orders.filter(canGoOn)
  }

  function sortByFlow(orders: readonly Received[]) {
    const known: Ready[] = []
    const unknown = new Map<string, Received[]>()
    for (const order of orders) {
      // An order that looks too late needs no flow: the journal will refuse it.
      const version = versionOfRefused(order) ?? flows.known(order.order) ?? (order.notAfterMs <= clock.now() ? null : undefined)
      if (version !== undefined) {
        known.push({ ...order, version })
        continue
      }
      const key = flowKeyOf(order.order)
      const group = unknown.get(key)
      if (group) group.push(order)
      else unknown.set(key, [order])
    }
    return { known, unknown }
  }

  /** The order of a test number in live mode needs no flow: nobody has that number. */
  function versionOfRefused({ order }: Received): FlowVersion | undefined {
    const { to, test = false } = order.data
    return reachesPeople && !test && isTestNumber(to) ? { unusable: 'A test number is dialed in test mode only' } : undefined
  }

  function dialLater(key: string, orders: readonly Received[]) {
    const work = dialOnceLoaded(key, orders).finally(() => loads.delete(work))
    loads.add(work)
  }

  async function dialOnceLoaded(key: string, orders: readonly Received[]) {
    const [first] = orders
    if (!first) return
    let version: FlowVersion
    try {
      version = await flows.load(first.order)
    } catch (error) {
      logger.warn({ err: error, flow: key, orders: orders.length }, 'flow version not loaded, the orders will come again')
      metrics.ordersPostponed.inc(orders.length)
      return giveBack(orders)
    }
    await dial(orders.map((order) => ({ ...order, version })))
  }

  async function dial(orders: readonly Ready[]) {
    const candidates = await withSuppression(orders)
    if (!candidates) return giveBack(orders)
    const claim = newClaim()
    const tenure = presence.tenure()
    const admission = await untilDone(() => admit(options, claim, candidates), 'orders not journaled, trying again')
    if (!admission) return giveBack(candidates)
    await report(admission, candidates)
    const waiting = new Set(admission.waiting.map(({ order }) => order.data.callId))
    const settled = candidates.filter(({ order }) => !waiting.has(order.data.callId))
    for (const { queued } of settled) for (const message of queued) message.ack()
    giveBack(candidates.filter(({ order }) => waiting.has(order.data.callId)))
    await starter.start(admission.admitted, tenure)
    leave(messagesIn(settled))
  }

  /** Undefined if the do-not-call list cannot be asked: nobody is called meanwhile. */
  async function withSuppression(orders: readonly Ready[]): Promise<(Received & Candidate)[] | undefined> {
    try {
      const suppressed = await suppressedCalls(
        nats,
        orders.map(({ order }) => order),
      )
      return orders.map((order) => ({ ...order, suppressed: suppressed.has(order.order.data.callId) }))
    } catch (error) {
      logger.warn({ err: error, orders: orders.length }, 'the do-not-call list was not answered, the orders will come again')
      metrics.ordersPostponed.inc(orders.length)
      return undefined
    }
  }

  function giveBack(orders: readonly Received[]) {
    for (const { queued, notAfterMs } of orders) {
      // It should come once more when its time has just run out: then it is answered.
      const leftMs = Math.max(0, (notAfterMs - clock.now()) / clock.speed)
      for (const message of queued) {
        const backoffMs = Math.min(waitMs.most, waitMs.least * 2 ** (message.deliveries - 1))
        message.giveBack(stopped ? undefined : Math.ceil(Math.min(backoffMs, Math.max(waitMs.least, leftMs))))
      }
    }
    leave(messagesIn(orders))
  }

  async function report({ expired, suppressed, duplicates, waiting, refused }: Admission, candidates: readonly (Received & Candidate)[]) {
    metrics.ordersExpired.inc(expired)
    metrics.ordersSuppressed.inc(suppressed)
    metrics.ordersDuplicate.inc(duplicates + messagesIn(candidates) - candidates.length)
    metrics.ordersWaiting.inc(waiting.length)
    if (refused.length === 0) return
    const errors = new Map(refused.map(({ candidate, error }) => [candidate.order.data.callId, error]))
    const letters = candidates.flatMap(({ queued, order }) => {
      const error = errors.get(order.data.callId)
      if (error === undefined) return []
      logger.error({ err: error, callId: order.data.callId, correlationId: ownerOf(order) }, 'order cannot be journaled')
      return queued.map((message) => deadLetter(message, error))
    })
    metrics.ordersDead.inc(letters.length)
    await untilDone(() => insertDeadOrders(database, letters), 'dead orders not stored, trying again')
  }

  async function setAside(dead: readonly { queued: QueuedOrder; letter: DeadOrder }[]) {
    const letters = dead.map(({ letter }) => letter)
    const { error, sequence } = letters[0] ?? {}
    logger.error({ orders: letters.length, sequence, reason: error }, 'orders cannot be read')
    const kept = await untilDone(() => insertDeadOrders(database, letters).then(() => true), 'dead orders not stored, trying again')
    metrics.ordersDead.inc(letters.length)
    for (const { queued } of dead) {
      if (kept) queued.ack()
      else queued.giveBack()
    }
    leave(dead.length)
  }

  function leave(count: number) {
    inHand -= count
    if (count > 0) room.now()
  }

  /** Undefined if the service stopped first. */
  async function untilDone<T>(work: () => Promise<T>, message: string): Promise<T | undefined> {
    while (!stopped) {
      try {
        return await work()
      } catch (error) {
        logger.warn({ err: error }, message)
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    return undefined
  }

  async function run() {
    while (!stopped) {
      try {
        await round()
      } catch (error) {
        logger.warn({ err: error }, 'taking orders failed')
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }

  const running = run()
  return {
    roomMade: () => room.now(),
    async stop() {
      stopped = true
      starter.stop()
      queue.close()
      room.now()
      queue.wake()
      await running
      await Promise.all(loads)
    },
  }
}

function messagesIn(orders: readonly Received[]): number {
  return orders.reduce((sum, { queued }) => sum + queued.length, 0)
}

function deadLetter({ subject, sequence, data }: QueuedOrder, error: unknown): DeadOrder {
  return { subject, sequence, data, error: error instanceof Error ? error.message : String(error) }
}
