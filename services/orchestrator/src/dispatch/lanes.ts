import type { GuardedTransaction } from '@carillon/service-kit/messaging/projection'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { CallFact } from '../domain/call-facts.ts'
import type { NodeRun } from '../domain/node-counters.ts'
import { type LaneMemory, laneMemory } from './lane-memory.ts'
import { type Happened, playRound, type RoundDeps } from './round.ts'
import type { UnsettledExecutions } from './unsettled-executions.ts'

const nothingHappened: Happened = { facts: [], runs: [] }

/**
 * The lanes that this replica holds. Each lane is the single writer of its executions' contacts. It plays a round when facts about calls arrive,
 * and when an execution's next instant has come. While nothing is due it opens no transaction.
 */
export interface Lanes {
  apply(tx: Tx, lane: number, events: readonly (CallFact | NodeRun)[]): Promise<void>
  tick(lane: number, guarded: GuardedTransaction): Promise<void>
  /** Another replica may have had the lane meanwhile: nothing remembered of it is valid. */
  forget(lane: number): void
}

export function lanes(round: RoundDeps, unsettledExecutions: UnsettledExecutions): Lanes {
  const memories = new Map<number, LaneMemory>()

  function memoryOf(lane: number): LaneMemory {
    const known = memories.get(lane)
    if (known) return known
    const memory = laneMemory()
    memories.set(lane, memory)
    return memory
  }

  function isDue(memory: LaneMemory, id: string, revision: number, nowMs: number): boolean {
    const known = memory.get(id)
    if (!known || known.outlook.revision < revision) return true
    const { outlook, orders, rules } = known
    if (outlook.isSettled) return false
    if (outlook.nextLookAtMs <= nowMs || orders.overdueAtMs() <= nowMs) return true
    return outlook.needsDids && (round.pools.numbers(rules.plan)?.length ?? 0) > 0
  }

  return {
    async apply(tx, lane, events) {
      const facts: CallFact[] = []
      const runs: NodeRun[] = []
      const ids = new Set<string>()
      for (const event of events) {
        const { executionId } = event.data
        if (executionId === null) continue
        if (event.type === 'node.executed') {
          runs.push(event)
        } else {
          facts.push(event)
          ids.add(executionId)
        }
      }
      if (ids.size + runs.length > 0) await playRound(tx, round, memoryOf(lane), [...ids], { facts, runs })
    },
    async tick(lane, guarded) {
      const unsettled = unsettledExecutions.inLane(lane)
      const memory = memoryOf(lane)
      memory.forgetSettled(unsettled)
      if (unsettled.size === 0) return
      const nowMs = round.deps.clock.now()
      const due: string[] = []
      for (const { id, revision } of unsettled.values()) if (isDue(memory, id, revision, nowMs)) due.push(id)
      if (due.length > 0) await guarded((tx) => playRound(tx, round, memory, due, nothingHappened))
    },
    forget(lane) {
      memories.delete(lane)
    },
  }
}
