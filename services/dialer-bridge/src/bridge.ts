import { streams } from '@carillon/contracts/streams'
import { openWorkQueue } from '@carillon/service-kit/messaging/work-queue'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { startAdoption } from './calls/adoption.ts'
import { startCallLog } from './calls/call-log.ts'
import { callRunner } from './calls/call-runner.ts'
import { startPresence } from './calls/presence.ts'
import type { CarrierFactory } from './carriers/configured-carrier.ts'
import { flowVersions } from './intake/flow-versions.ts'
import { startOrderIntake } from './intake/order-intake.ts'
import { bridgeMetrics } from './metrics.ts'
import { forgetDeadBridges } from './store/bridges.ts'
import { forgetOldCalls } from './store/dial-journal.ts'

export interface BridgeOptions {
  maxChannels: number
  /** Real milliseconds, like all durations here. */
  staleMs: number
  drainMs: number
}

/** A running bridge. */
export interface Bridge {
  /** Takes no more orders, lets calls end for a while, hangs up the rest, and writes down how it ended. */
  stop(): Promise<void>
}

/** For how long an order that was not acknowledged stays with the bridge that got it. */
const ackWaitMs = 30_000
/** Longer than an order can lie in its stream. */
const journalKeepDays = 7
const housekeepingMs = 3_600_000
/** How long what is left may take when the service stops: the hangups, and the last commit. */
const lastWordsMs = 700

/** Starts taking dial orders and carrying them out. */
export async function startBridge(deps: ServiceDeps, createCarrier: CarrierFactory, options: BridgeOptions): Promise<Bridge> {
  const { database, nats, clock, logger, outbox, replicaId: owner } = deps
  const { maxChannels, staleMs, drainMs } = options
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
  const queue = await openWorkQueue({ connection: nats, stream: streams.DIAL.name, durable: 'dialer-bridge', ackWaitMs })
  const flows = flowVersions(nats)
  const intake = startOrderIntake({ database, outbox, owner, queue, flows, runner, log, clock, logger, metrics, maxChannels })
  const adoption = startAdoption({ database, carrier, log, presence, logger, metrics, owner, staleMs })
  const housekeeping = setInterval(() => {
    Promise.all([forgetOldCalls(database, journalKeepDays), forgetDeadBridges(database)]).catch((error) =>
      logger.warn({ err: error }, 'old calls not forgotten'),
    )
  }, housekeepingMs)

  return {
    async stop() {
      clearInterval(housekeeping)
      await Promise.all([intake.stop(), adoption.stop()])
      if (!(await holdsWithin(() => runner.size === 0, drainMs))) {
        logger.warn({ calls: runner.size }, 'calls are hung up, the service stops')
        runner.giveUpAll('The service was stopped')
        await holdsWithin(() => runner.size === 0, lastWordsMs)
      }
      const isWritten = await log.settled(lastWordsMs)
      if (!isWritten) logger.error({ events: log.pendingEvents }, 'calls end unwritten, another bridge will end them as lost')
      await log.stop()
      await presence.stop(isWritten && runner.size === 0)
      await carrier.close()
    },
  }
}

/** Whether something comes true in time. It is looked at again and again: only a service that stops has the time for that. */
async function holdsWithin(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs
  while (!isSo()) {
    if (performance.now() >= deadlineMs) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}
