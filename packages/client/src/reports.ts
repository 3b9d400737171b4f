import type {
  CallAttemptReport,
  CallHistoryItem,
  EventBreakdown,
  NodeExecutionStats,
  ProgramBillingReport,
  ProgramReport,
} from './contract.ts'
import type { RequestOptions } from './options.ts'
import { pagedListOf } from './pages.ts'
import { path, type Send } from './transport.ts'

/** `/program-execution/:id/report`, `/call-report` */
export const reports = (send: Send) => ({
  report: (executionId: string, options?: RequestOptions) =>
    send<ProgramReport>('GET', path`/program-execution/${executionId}/report`, options),
  /** Oldest first. */
  calls: pagedListOf<CallHistoryItem>(send, (executionId) => path`/program-execution/${executionId}/report/calls`),
  breakdown: (executionId: string, options?: RequestOptions) =>
    send<EventBreakdown>('GET', path`/program-execution/${executionId}/report/breakdown`, options),
  nodeStats: (executionId: string, options?: RequestOptions) =>
    send<NodeExecutionStats>('GET', path`/program-execution/${executionId}/report/node-stats`, options),
  billing: (executionId: string, options?: RequestOptions) =>
    send<ProgramBillingReport>('GET', path`/program-execution/${executionId}/report/billing`, options),
  /** One call with all that happened on it. */
  call: (callId: string, options?: RequestOptions) => send<CallAttemptReport>('GET', path`/call-report/calls/${callId}`, options),
})
