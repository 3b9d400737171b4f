import type { ExecutionPlan } from '../domain/execution.ts'
import { compileRules, type ExecutionRules } from '../domain/execution-rules.ts'
import { newOutlook, type Outlook, unsure } from '../domain/outlook.ts'
import type { TurnTime } from '../domain/turn.ts'
import { type OpenOrders, openOrders } from './open-orders.ts'

/** What a lane's owner remembers of an execution. It is replaced only after the transaction of a round has committed. */
export interface ExecutionMemory {
  readonly rules: ExecutionRules
  readonly outlook: Outlook
  readonly orders: OpenOrders
}

/** What a lane's owner remembers of its executions. Losing it is harmless. */
export interface LaneMemory {
  get(executionId: string): ExecutionMemory | undefined
  /** Starts to remember an execution. */
  add(plan: ExecutionPlan, time: TurnTime): void
  /** A command changed the execution: its settings are these now, and nothing that was expected of its contacts is certain. */
  renew(plan: ExecutionPlan): void
  keep(executionId: string, known: Pick<ExecutionMemory, 'rules' | 'outlook'>): void
  /** Forgets settled executions, but those that the lane is still told of. */
  forgetSettled(unsettled: ReadonlyMap<string, unknown>): void
}

export function laneMemory(): LaneMemory {
  const memories = new Map<string, ExecutionMemory>()
  return {
    get: (executionId) => memories.get(executionId),
    add(plan, { nowMs, orderValidityMs }) {
      memories.set(plan.id, { rules: compileRules(plan), outlook: newOutlook(nowMs), orders: openOrders(nowMs, orderValidityMs) })
    },
    renew(plan) {
      const memory = memories.get(plan.id)
      if (memory) memories.set(plan.id, { ...memory, rules: compileRules(plan), outlook: unsure(memory.outlook) })
    },
    keep(executionId, known) {
      const memory = memories.get(executionId)
      if (memory) memories.set(executionId, { ...memory, ...known })
    },
    forgetSettled(unsettled) {
      for (const [id, { outlook }] of memories) if (outlook.isSettled && !unsettled.has(id)) memories.delete(id)
    },
  }
}
