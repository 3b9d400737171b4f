import type { Database } from '@carillon/service-kit/postgres/database'
import type { Logger } from '@carillon/service-kit/process/logger'
import { wakeable } from '@carillon/service-kit/process/wakeable'
import { beat, removeBridge } from '../store/bridges.ts'

/** This bridge's heartbeat. */
export interface Presence {
  /**
   * Whether this bridge has sent heartbeats without a break for `staleMs`. After an outage of the database every bridge looks dead: the first
   * one to come back must give the others time to come back too.
   */
  isSteady(): boolean
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
  let steadySinceMs = performance.now()
  let lastBeatMs = performance.now()
  let pauseMs = staleMs / 4
  const send = () => beat(database, bridgeId, staleMs / 4)
  await send()

  async function run() {
    while (!stopped) {
      await wake.within(pauseMs)
      if (stopped) return
      try {
        await send()
        const nowMs = performance.now()
        if (nowMs - lastBeatMs > staleMs / 2) steadySinceMs = nowMs
        lastBeatMs = nowMs
        pauseMs = staleMs / 4
      } catch (error) {
        pauseMs = staleMs / 16
        logger.warn({ err: error }, 'heartbeat failed')
      }
    }
  }

  const running = run()
  return {
    isSteady() {
      const nowMs = performance.now()
      return nowMs - steadySinceMs >= staleMs && nowMs - lastBeatMs <= staleMs / 2
    },
    async stop(leftNothing) {
      stopped = true
      wake.now()
      await running
      if (leftNothing) await removeBridge(database, bridgeId)
    },
  }
}
