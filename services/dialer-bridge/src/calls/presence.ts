import type { Database } from '@carillon/service-kit/postgres/database'
import type { Logger } from '@carillon/service-kit/process/logger'
import { wakeable } from '@carillon/service-kit/process/wakeable'
import { beat, removeBridge } from '../store/bridges.ts'

/** This bridge's sign of life. */
export interface Presence {
  /**
   * Whether this bridge has been seen without a break for as long as it takes to give another one up. After an outage of the database every bridge
   * looks dead; whoever comes back first must leave the others the time to come back too.
   */
  isSteady(): boolean
  /** Ends the heartbeat. `leftNothing`: no call of this bridge is under way any more, and nobody need look for one. */
  stop(leftNothing: boolean): Promise<void>
}

/** Beats four times in the time after which a silent bridge is given up, `staleMs` of real time. The first beat is made before this resolves. */
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
        logger.warn({ err: error }, 'sign of life not given')
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
