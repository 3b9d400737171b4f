import type { Database } from '@carillon/service-kit/postgres/database'
import { elapsedMs, momentNow } from '@carillon/service-kit/process/elapsed'
import type { Logger } from '@carillon/service-kit/process/logger'
import { wakeable } from '@carillon/service-kit/process/wakeable'
import { beat, removeBridge } from '../store/bridges.ts'
import { tenures } from './tenure.ts'

/** This bridge's heartbeat. */
export interface Presence {
  /**
   * Whether this bridge has sent heartbeats without a break for `staleMs`. After an outage of the database every bridge looks dead: the first
   * one to come back must give the others time to come back too.
   */
  isSteady(): boolean
  /** Names the time without a break in which we are; null while the last heartbeat is so old that another bridge may have taken over our calls. */
  tenure(): number | null
  /** Whether nobody can have taken over, since that tenure was read, what was ours then. It stays true for a quarter of `staleMs`. */
  holds(tenure: number | null): boolean
  /** Sends a heartbeat now. */
  renew(): Promise<void>
  /** Ends the heartbeat. `leftNothing`: no call of this bridge is left, so nobody has to look for one. */
  stop(leftNothing: boolean): Promise<void>
}

/**
 * Sends four heartbeats in `staleMs` of real time, after which a silent bridge is considered dead. The first comes before this resolves. A heartbeat
 * that is not answered in a quarter of that time has failed, and the next one follows soon, on a fresh connection.
 */
export async function startPresence(database: Database, logger: Logger, bridgeId: string, staleMs: number): Promise<Presence> {
  const wake = wakeable()
  let stopped = false
  let steadySince = momentNow()
  let lastBeat = steadySince
  const own = tenures(steadySince, (staleMs * 3) / 4)
  let pauseMs = staleMs / 4
  await renew()

  async function renew() {
    const sentAt = momentNow()
    await beat(database, bridgeId, staleMs / 4)
    const now = momentNow()
    own.acknowledged(sentAt, now)
    if (elapsedMs(lastBeat, now) > staleMs / 2) steadySince = now
    lastBeat = now
  }

  async function run() {
    while (!stopped) {
      await wake.within(pauseMs)
      if (stopped) return
      try {
        await renew()
        pauseMs = staleMs / 4
      } catch (error) {
        pauseMs = staleMs / 16
        logger.warn({ err: error }, 'heartbeat failed')
      }
    }
  }

  const tenure = () => own.at(momentNow())
  const running = run()
  return {
    isSteady() {
      const now = momentNow()
      return elapsedMs(steadySince, now) >= staleMs && elapsedMs(lastBeat, now) <= staleMs / 2
    },
    tenure,
    holds: (known) => known !== null && tenure() === known,
    renew,
    async stop(leftNothing) {
      stopped = true
      wake.now()
      await running
      if (leftNothing) await removeBridge(database, bridgeId)
    },
  }
}
