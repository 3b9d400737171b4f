import { streams } from '@carillon/contracts/streams'
import { republishLetters } from '@carillon/service-kit/messaging/republish'
import { openWorkQueue } from '@carillon/service-kit/messaging/work-queue'
import { every } from '@carillon/service-kit/process/every'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { startAdoption } from './calls/adoption.ts'
import { startCallLog } from './calls/call-log.ts'
import { callRunner } from './calls/call-runner.ts'
import { callStarter } from './calls/call-starter.ts'
import { startPresence } from './calls/presence.ts'
import type { CarrierFactory } from './carriers/carrier-by-mode.ts'
import { flowVersions } from './intake/flow-versions.ts'
import { startOrderIntake } from './intake/order-intake.ts'
import { bridgeMetrics } from './metrics.ts'
import { deleteDeadBridges } from './store/bridges.ts'
import { deadOrderLetters } from './store/dead-letters.ts'
import { deleteOldCalls } from './store/dial-journal.ts'

export interface BridgeOptions {
  maxChannels: number
  /** Real milliseconds, like all durations here. */
  staleMs: number
  drainMs: number
  /** Live calls reach people, so test numbers are not dialed in live mode. */
  reachesPeople: boolean
}

/** A running bridge. */
export interface Bridge {
  /** Takes no more orders, waits `drainMs` for calls to end, hangs up the rest, and writes their events. */
  stop(): Promise<void>
}

/** An order that was not acknowledged for this long goes to any bridge again. */
const ackWaitMs = 30_000
/** Longer than an order can lie in its stream. */
const journalKeepDays = 7
const housekeepingMs = 3_600_000
/** How often dead orders are looked for that somebody wants to be tried again. */
const replayEveryMs = 2_000
/** How long the hangups and the last commit may take when the service stops. */
const finalCommitMs = 700

/** Starts taking dial orders and carrying them out. */
export async function startBridge(deps: ServiceDeps, createCarrier: CarrierFactory, options: BridgeOptions): Promise<Bridge> {
  const { database, nats, clock, logger, outbox, replicaId: owner } = deps
  const { maxChannels, staleMs, drainMs, reachesPeople } = options
  const metrics = bridgeMetrics(deps.metrics.registry, {
    callsInProgress: () => runner.size,
    unwrittenEvents: () => log.pendingEvents,
  })
  const presence = await startPresence(database, logger, owner, staleMs)
  const carrier = createCarrier((channelId, event) => runner.onCarrierEvent(channelId, event))
  const log = startCallLog({
    database,
    outbox,
    logger,
    owner,
    onFenced: (callId, correlationId) => runner.forget(callId, correlationId),
    onCommitted(count) {
      metrics.groupCommitEvents.observe(count)
      intake.roomMade()
    },
    onFailure: () => metrics.groupCommitFailures.inc(),
  })
  const runner = callRunner({ carrier, log, clock, logger, metrics, onReleased: () => intake.roomMade() })
  const starter = callStarter({ database, owner, presence, runner, logger, metrics })
  const queue = await openWorkQueue({ connection: nats, stream: streams.DIAL.name, durable: 'dialer-bridge', ackWaitMs })
  const flows = flowVersions(nats)
  const intake = startOrderIntake({
    database,
    outbox,
    owner,
    nats,
    queue,
    flows,
    runner,
    starter,
    presence,
    log,
    clock,
    logger,
    metrics,
    maxChannels,
    reachesPeople,
    carrier,
  })
  const adoption = startAdoption({ database, carrier, log, presence, logger, metrics, owner, staleMs })
  const housekeeping = every(
    {
      name: 'housekeeping of the dial journal',
      intervalMs: housekeepingMs,
      work: () => Promise.all([deleteOldCalls(database, journalKeepDays), deleteDeadBridges(database)]),
    },
    deps,
  )

  const replays = every(
    { name: 'replay of dead orders', intervalMs: replayEveryMs, work: () => republishLetters(database, deadOrderLetters, logger) },
    deps,
  )

  return {
    async stop() {
      await Promise.all([housekeeping.stop(), replays.stop(), intake.stop(), adoption.stop()])
      if (!(await holdsWithin(() => runner.size === 0, drainMs))) {
        logger.warn({ calls: runner.size }, 'hanging up calls, the service stops')
        runner.giveUpAll('The service was stopped')
        await holdsWithin(() => runner.size === 0, finalCommitMs)
      }
      const isWritten = await log.settled(finalCommitMs)
      if (!isWritten) logger.error({ events: log.pendingEvents }, 'ends of calls not written, another bridge will end these calls as lost')
      await log.stop()
      await presence.stop(isWritten && runner.size === 0)
      await carrier.close()
    },
  }
}

/** Whether something comes true in time. It polls, which is good enough while the service stops. */
async function holdsWithin(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs
  while (!isSo()) {
    if (performance.now() >= deadlineMs) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}
