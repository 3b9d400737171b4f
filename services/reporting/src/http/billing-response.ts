import type { BillingMetrics, ProgramBillingReport } from '@carillon/contracts/report'
import { microsToJson } from '@carillon/money/credits'
import type { Bill, CostSummary } from '../domain/billing.ts'

/** In credits. */
export function billingMetricsResponse({ totalMicros, billableCalls, averageMicros }: CostSummary): BillingMetrics {
  return {
    totalCreditsUsed: microsToJson(totalMicros),
    billableCallsCount: billableCalls,
    averageCostPerCall: microsToJson(averageMicros),
  }
}

export function billingResponse({ executionId, summary, nodeTypes, costliest }: Bill): ProgramBillingReport {
  return {
    executionId,
    summary: billingMetricsResponse(summary),
    byNodeType: nodeTypes.map(({ nodeType, totalMicros, executions, totalDurationMs }) => {
      return { nodeType, totalCost: microsToJson(totalMicros), executionCount: executions, totalDurationMs }
    }),
    topCostlyCalls: costliest.map(({ callId, contactId, durationMs, totalMicros }) => {
      return { callId, contactId, totalCost: microsToJson(totalMicros), durationMs }
    }),
  }
}
