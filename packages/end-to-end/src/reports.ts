import type { Client } from '@carillon/client/client'
import type { CallHistoryItem, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'

/** The API's own answers about an execution; `calls` are those of every page. */
export interface Reports {
  report: ProgramReport
  calls: CallHistoryItem[]
  breakdown: EventBreakdown
  nodeStats: NodeExecutionStats
  billing: ProgramBillingReport
}

export async function everyItem<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export async function readReports({ reports }: Client, executionId: string): Promise<Reports> {
  const [report, calls, breakdown, nodeStats, billing] = await Promise.all([
    reports.report(executionId),
    everyItem(reports.calls.items(executionId)),
    reports.breakdown(executionId),
    reports.nodeStats(executionId),
    reports.billing(executionId),
  ])
  return { report, calls, breakdown, nodeStats, billing }
}
