import type { RatedNode } from '@carillon/contracts/billing-events'
import { averageMicros } from '@carillon/money/ratio'

/** What the calls of an execution cost. */
export interface ExecutionBilling {
  readonly executionId: string
  totalMicros: bigint
  /** Calls that cost something. */
  billableCalls: number
}

/** What the nodes of one type cost in an execution. */
export interface NodeTypeBilling {
  readonly executionId: string
  readonly nodeType: string
  totalMicros: bigint
  executions: number
  /** Null if none of them has a duration: a text message has none. */
  totalDurationMs: number | null
}

/** What one call cost. */
export interface CallCost {
  readonly callId: string
  readonly contactId: string | null
  readonly durationMs: number | null
  readonly totalMicros: bigint
}

/** What one call cost, node by node. */
export interface CallBill {
  readonly totalMicros: bigint
  /** The nodes that have a rate, in the order in which they ran. */
  readonly nodes: readonly RatedNode[]
}

/** What the calls of an execution cost, in total and on average. */
export interface CostSummary {
  readonly totalMicros: bigint
  readonly billableCalls: number
  readonly averageMicros: bigint
}

/** The bill of an execution. */
export interface Bill {
  readonly executionId: string
  readonly summary: CostSummary
  /** The most expensive type first. */
  readonly nodeTypes: readonly NodeTypeBilling[]
  /** The most expensive call first. */
  readonly costliest: readonly CallCost[]
}

export function costSummary({ totalMicros, billableCalls }: ExecutionBilling): CostSummary {
  return { totalMicros, billableCalls, averageMicros: averageMicros(totalMicros, billableCalls) }
}

/** `costliest` are the most expensive calls of the execution, in the order in which they are shown. */
export function billOf(billing: ExecutionBilling, nodeTypes: readonly NodeTypeBilling[], costliest: readonly CallCost[]): Bill {
  return {
    executionId: billing.executionId,
    summary: costSummary(billing),
    nodeTypes: [...nodeTypes].sort(costliestType),
    costliest,
  }
}

function costliestType(a: NodeTypeBilling, b: NodeTypeBilling): number {
  if (a.totalMicros !== b.totalMicros) return a.totalMicros > b.totalMicros ? -1 : 1
  return a.nodeType < b.nodeType ? -1 : 1
}
