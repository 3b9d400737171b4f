import type { CallRated } from '@carillon/contracts/billing-events'
import type { BillingMetrics, ProgramBillingReport } from '@carillon/contracts/report'
import { microsToJson } from '@carillon/money/credits'
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
  /** Null where none of them has a duration, as a text message has not. */
  totalDurationMs: number | null
}

/** What one call cost. */
export interface CallCost {
  readonly callId: string
  readonly contactId: string | null
  readonly durationMs: number | null
  readonly totalMicros: bigint
}

/** Sums of ratings, each of another call. Ratings of calls outside any execution are in none. */
export function foldRatings(ratings: readonly CallRated[]): { executions: ExecutionBilling[]; nodeTypes: NodeTypeBilling[] } {
  const executions = new Map<string, ExecutionBilling>()
  const nodeTypes = new Map<string, NodeTypeBilling>()
  for (const { data } of ratings) {
    const { executionId } = data
    if (executionId === null) continue
    const billing = executions.get(executionId) ?? { executionId, totalMicros: 0n, billableCalls: 0 }
    billing.totalMicros += BigInt(data.totalCostMicros)
    if (data.totalCostMicros > 0) billing.billableCalls++
    executions.set(executionId, billing)
    for (const { nodeType, costMicros, durationMs } of data.nodes) {
      const key = `${executionId}/${nodeType}`
      const ofType = nodeTypes.get(key) ?? { executionId, nodeType, totalMicros: 0n, executions: 0, totalDurationMs: null }
      ofType.totalMicros += BigInt(costMicros)
      ofType.executions++
      if (durationMs !== null) ofType.totalDurationMs = (ofType.totalDurationMs ?? 0) + durationMs
      nodeTypes.set(key, ofType)
    }
  }
  return { executions: [...executions.values()], nodeTypes: [...nodeTypes.values()] }
}

/** Seed: BillingMetrics. In credits. */
export function billingMetrics({ totalMicros, billableCalls }: Pick<ExecutionBilling, 'totalMicros' | 'billableCalls'>): BillingMetrics {
  return {
    totalCreditsUsed: microsToJson(totalMicros),
    billableCallsCount: billableCalls,
    averageCostPerCall: microsToJson(averageMicros(totalMicros, billableCalls)),
  }
}

/** The bill of an execution. `costliest` are its most expensive calls, the first of them first. */
export function billingReport(
  billing: ExecutionBilling,
  nodeTypes: readonly NodeTypeBilling[],
  costliest: readonly CallCost[],
): ProgramBillingReport {
  return {
    executionId: billing.executionId,
    summary: billingMetrics(billing),
    byNodeType: [...nodeTypes].sort(costliestType).map((ofType) => ({
      nodeType: ofType.nodeType,
      totalCost: microsToJson(ofType.totalMicros),
      executionCount: ofType.executions,
      totalDurationMs: ofType.totalDurationMs,
    })),
    topCostlyCalls: costliest.map(({ callId, contactId, durationMs, totalMicros }) => {
      return { callId, contactId, totalCost: microsToJson(totalMicros), durationMs }
    }),
  }
}

function costliestType(a: NodeTypeBilling, b: NodeTypeBilling): number {
  if (a.totalMicros !== b.totalMicros) return a.totalMicros > b.totalMicros ? -1 : 1
  return a.nodeType < b.nodeType ? -1 : 1
}
