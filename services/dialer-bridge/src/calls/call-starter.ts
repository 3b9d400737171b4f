import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '@carillon/service-kit/postgres/database'
import type { Logger } from '@carillon/service-kit/process/logger'
import { ownerOf } from '../domain/call-event.ts'
import type { BridgeMetrics } from '../metrics.ts'
import { callsStillOurs } from '../store/dial-journal.ts'
import type { CallRunner, JournaledCall } from './call-runner.ts'
import type { Presence } from './presence.ts'

/** Starts calls of the journal. The process may have stood still since they were written: another bridge may have ended them as lost. */
export interface CallStarter {
  /**
   * Starts each call for which this bridge is known to be responsible at that moment. If that is not certain, the database is asked first. Resolves
   * when every call has started, is known to be another bridge's, or has expired, as all do once the service stops.
   *
   * @param tenure of this bridge, read before the calls were written.
   */
  start(calls: readonly JournaledCall[], tenure: number | null): Promise<void>
  /** Begins no more calls: they would be cut short. */
  stop(): void
}

export interface CallStarterOptions {
  database: Database
  owner: string
  presence: Presence
  runner: CallRunner
  logger: Logger
  metrics: BridgeMetrics
}

const retryMs = 250

export function callStarter({ database, owner, presence, runner, logger, metrics }: CallStarterOptions): CallStarter {
  let stopped = false

  /** Returns the calls that were not started, as they may be another bridge's. */
  function startAll(calls: readonly JournaledCall[], tenure: number | null): JournaledCall[] {
    const unsure: JournaledCall[] = []
    for (const call of calls) {
      if (stopped) runner.expire(call.order)
      else if (presence.holds(tenure)) runner.start(call)
      else unsure.push(call)
    }
    return unsure
  }

  async function askAbout(calls: readonly JournaledCall[]): Promise<{ ours: JournaledCall[]; tenure: number | null }> {
    await presence.renew()
    // Read before the question is sent: who takes a call over after the answer needs a break of the heartbeats, which ends this tenure.
    const tenure = presence.tenure()
    const answers = await callsStillOurs(
      database,
      owner,
      calls.map(({ order, notAfterMs }) => ({ callId: order.data.callId, notAfterMs })),
    )
    const ours: JournaledCall[] = []
    for (const call of calls) {
      const { callId } = call.order.data
      const isInTime = answers.get(callId)
      if (isInTime) ours.push(call)
      else if (isInTime === false) runner.expire(call.order)
      else {
        metrics.callsFenced.inc()
        logger.warn({ callId, correlationId: ownerOf(call.order) }, 'the call was taken over by another bridge before it was dialed')
      }
    }
    return { ours, tenure }
  }

  return {
    async start(calls, tenure) {
      let unsure = startAll(calls, tenure)
      while (unsure.length > 0) {
        logger.warn({ calls: unsure.length }, 'heartbeats had a break, asking whose calls these are')
        try {
          const { ours, tenure: current } = await askAbout(unsure)
          unsure = startAll(ours, current)
        } catch (error) {
          logger.warn({ err: error }, 'cannot ask whose calls these are, trying again')
          await delay(retryMs)
          if (stopped) unsure = startAll(unsure, null)
        }
      }
    },
    stop() {
      stopped = true
    },
  }
}
