import { randomUUID } from 'node:crypto'
import type { Database } from '@carillon/service-kit/postgres/database'
import type { Logger } from '@carillon/service-kit/process/logger'
import { wakeable } from '@carillon/service-kit/process/wakeable'
import type { Carrier } from '../carriers/carrier.ts'
import { ownerOf } from '../domain/call-event.ts'
import { lostCallEvents, type OrphanedCall } from '../domain/lost-call.ts'
import { readDialOrder } from '../intake/order-decoder.ts'
import type { BridgeMetrics } from '../metrics.ts'
import { type AdoptedRow, adoptOrphans } from '../store/dial-journal.ts'
import type { CallLog } from './call-log.ts'
import type { Presence } from './presence.ts'

export interface AdoptionOptions {
  database: Database
  carrier: Carrier
  log: CallLog
  presence: Presence
  logger: Logger
  metrics: BridgeMetrics
  owner: string
  staleMs: number
}

/** Ends the calls of dead bridges. */
export interface Adoption {
  stop(): Promise<void>
}

const batchSize = 500

/**
 * Looks for calls whose bridge is dead, takes them over and ends them as lost. A call that the carrier still has is hung up first. If the
 * carrier cannot say, it is asked again in the next round.
 */
export function startAdoption({ database, carrier, log, presence, logger, metrics, owner, staleMs }: AdoptionOptions): Adoption {
  const wake = wakeable()
  let stopped = false
  /** A round that fails keeps its claim: it may have committed, and then the next round finds the same calls. */
  let claim = randomUUID()
  const undecided: OrphanedCall[] = []

  async function round() {
    for (const call of undecided.splice(0)) await settle(call)
    if (!presence.isSteady()) return
    let rows: AdoptedRow[]
    do {
      rows = await adoptOrphans(database, owner, claim, staleMs, batchSize)
      claim = randomUUID()
      for (const row of rows) {
        const call = orphanOf(row)
        if (call) await settle(call)
      }
    } while (rows.length === batchSize && !stopped)
  }

  function orphanOf(row: AdoptedRow): OrphanedCall | undefined {
    try {
      return { ...row, order: readDialOrder(row.order) }
    } catch (error) {
      logger.error({ err: error, callId: row.callId }, 'the order of an adopted call cannot be read')
      return undefined
    }
  }

  async function settle(call: OrphanedCall) {
    const { callId } = call.order.data
    const correlationId = ownerOf(call.order)
    try {
      const found = await carrier.lookup(callId)
      if (found === 'unknown-yet') {
        undecided.push(call)
        return
      }
      if (found === 'live') await carrier.hangup(callId, 'The call was lost')
    } catch (error) {
      logger.warn({ err: error, callId, correlationId }, 'the carrier cannot say whether a call is live')
      undecided.push(call)
      return
    }
    const events = lostCallEvents(call)
    const last = events.at(-1)
    if (!last) throw new Error('a lost call has an end')
    const endedAtMs = Date.parse(last.time)
    const { dialedAtMs, answeredAtMs, executedNodes } = call
    log.append({
      laneKey: correlationId,
      events,
      progress: {
        callId,
        state: 'ended',
        lastSeq: last.data.seq,
        lastEventAtMs: endedAtMs,
        dialedAtMs,
        answeredAtMs,
        endedAtMs,
        executedNodes,
      },
    })
    metrics.callsLost.inc()
    logger.warn({ callId, correlationId }, 'ended a call of a dead bridge as lost')
  }

  async function run() {
    while (!stopped) {
      try {
        await round()
      } catch (error) {
        logger.warn({ err: error }, 'looking for calls of dead bridges failed')
      }
      if (!stopped) await wake.within(staleMs / 4)
    }
  }

  const running = run()
  return {
    async stop() {
      stopped = true
      wake.now()
      await running
    },
  }
}
