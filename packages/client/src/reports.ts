import type { CallHistoryItem, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { eachOf, type Page, type PageQuery } from './pages.ts'
import { path, type RequestOptions, type Send } from './transport.ts'

/** `/program-execution/:id/report` */
export const reports = (send: Send) => {
  const calls = (executionId: string, query: PageQuery = {}, options?: RequestOptions) =>
    send<Page<CallHistoryItem>>('GET', path`/program-execution/${executionId}/report/calls`, { ...options, query })
  return {
    report: (executionId: string, options?: RequestOptions) =>
      send<ProgramReport>('GET', path`/program-execution/${executionId}/report`, options),
    /** One page, oldest first. */
    calls,
    /** Every call, oldest first. */
    allCalls: (executionId: string, options?: RequestOptions) => eachOf((query) => calls(executionId, query, options)),
    breakdown: (executionId: string, options?: RequestOptions) =>
      send<EventBreakdown>('GET', path`/program-execution/${executionId}/report/breakdown`, options),
    nodeStats: (executionId: string, options?: RequestOptions) =>
      send<NodeExecutionStats>('GET', path`/program-execution/${executionId}/report/node-stats`, options),
    billing: (executionId: string, options?: RequestOptions) =>
      send<ProgramBillingReport>('GET', path`/program-execution/${executionId}/report/billing`, options),
  }
}
