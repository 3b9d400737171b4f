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

/** Sends four heartbeats in `staleMs` of real time, after which a silent bridge is considered dead. The first comes before this resolves. */
export async function startPresence(database: Database, logger: Logger, bridgeId: string, staleMs: number): Promise<Presence> {
  const wake = wakeable()
  let stopped = false
  let steadySinceMs = performance.now()
  let lastBeatMs = performance.now()
  await beat(database, bridgeId)

  async function run() {
    while (!stopped) {
      await wake.within(staleMs / 4)
      if (stopped) return
      try {
        await beat(database, bridgeId)
        const nowMs = performance.now()
        if (nowMs - lastBeatMs > staleMs / 2) steadySinceMs = nowMs
        lastBeatMs = nowMs
      } catch (error) {
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
