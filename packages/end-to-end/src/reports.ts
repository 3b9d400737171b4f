import type {
  CallHistory,
  CallHistoryItem,
  EventBreakdown,
  NodeExecutionStats,
  ProgramBillingReport,
  ProgramReport,
} from '@carillon/contracts/report'
import type { Api } from './api.ts'

/** The API's own answers about an execution. */
export type Reports = {
  report: ProgramReport
  calls: CallHistoryItem[]
  breakdown: EventBreakdown
  nodeStats: NodeExecutionStats
  billing: ProgramBillingReport
}

export async function readReports(api: Api, executionId: string): Promise<Reports> {
  const path = `/program-execution/${executionId}/report`
  const [report, calls, breakdown, nodeStats, billing] = await Promise.all([
    api.get<ProgramReport>(path),
    api.all<CallHistoryItem>(`${path}/calls`),
    api.get<EventBreakdown>(`${path}/breakdown`),
    api.get<NodeExecutionStats>(`${path}/node-stats`),
    api.get<ProgramBillingReport>(`${path}/billing`),
  ])
  return { report, calls, breakdown, nodeStats, billing }
}

/** One page of the history, with what it says about the others. */
export function readHistoryPage(api: Api, executionId: string, page: number, limit: number): Promise<CallHistory> {
  return api.get<CallHistory>(`/program-execution/${executionId}/report/calls?page=${page}&limit=${limit}`)
}
