import type { GuardedTransaction } from '@carillon/service-kit/messaging/projection'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { CallFact } from '../domain/call-facts.ts'
import type { ExecutionMemory } from './execution-memory.ts'
import { playRound, type RoundDeps } from './round.ts'
import type { UnsettledExecutions } from './unsettled-executions.ts'

/**
 * The lanes that this replica holds, each the single writer of its executions' contacts: it plays a round when facts about calls
 * arrive, and when a moment has come that an execution waits for. While nothing is due there is no transaction at all.
 */
export class Lanes {
  readonly #round: RoundDeps
  readonly #unsettled: UnsettledExecutions
  readonly #memories = new Map<number, Map<string, ExecutionMemory>>()

  constructor(round: RoundDeps, unsettled: UnsettledExecutions) {
    this.#round = round
    this.#unsettled = unsettled
  }

  /** What was remembered of the lane's executions is another replica's past. */
  forget(lane: number): void {
    this.#memories.set(lane, new Map())
  }

  async apply(tx: Tx, lane: number, facts: readonly CallFact[]): Promise<void> {
    const ids = new Set<string>()
    for (const { data } of facts) if (data.executionId !== null) ids.add(data.executionId)
    if (ids.size > 0) await playRound(tx, this.#round, this.#memoryOf(lane), [...ids], facts)
  }

  async tick(lane: number, guarded: GuardedTransaction): Promise<void> {
    const unsettled = this.#unsettled.inLane(lane)
    const memory = this.#memoryOf(lane)
    for (const [id, { outlook }] of memory) if (outlook.isSettled && !unsettled.has(id)) memory.delete(id)
    if (unsettled.size === 0) return
    const nowMs = this.#round.deps.clock.now()
    const due: string[] = []
    for (const { id, revision } of unsettled.values()) if (this.#isDue(memory.get(id), revision, nowMs)) due.push(id)
    if (due.length > 0) await guarded((tx) => playRound(tx, this.#round, memory, due, []))
  }

  #isDue(memory: ExecutionMemory | undefined, revision: number, nowMs: number): boolean {
    if (!memory || memory.outlook.revision < revision) return true
    if (memory.outlook.isSettled) return false
    if (memory.outlook.nextLookAtMs <= nowMs || memory.orders.overdueAtMs <= nowMs) return true
    return memory.outlook.needsDids && (this.#round.pools.numbers(memory.plan)?.length ?? 0) > 0
  }

  #memoryOf(lane: number): Map<string, ExecutionMemory> {
    const memory = this.#memories.get(lane) ?? new Map<string, ExecutionMemory>()
    this.#memories.set(lane, memory)
    return memory
  }
}
