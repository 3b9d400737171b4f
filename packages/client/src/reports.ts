import type {
  AsOfQuery,
  CallAttemptReport,
  CallHistoryItem,
  CallHistoryQuery,
  CallsExportQuery,
  EventBreakdown,
  ExecutionSegments,
  ExecutionTimeline,
  ExportQuery,
  JobReport,
  MetricsCatalog,
  NodeExecutionStats,
  ProgramBillingReport,
  ProgramReport,
  SegmentsQuery,
  TimelineQuery,
} from './contract.ts'
import { type FollowOptions, follow, type OpenStream } from './follow.ts'
import type { RequestOptions } from './options.ts'
import { pagedListOf } from './pages.ts'
import { path, type Send } from './transport.ts'

/** `/program-execution/:id/report`, `/call-report`. With `asOf` a report is the one of that instant. */
export const reports = (send: Send, open: OpenStream) => ({
  /** The report as it changes, until the execution has ended and the report is complete. It goes on after connections that break. */
  follow: (executionId: string, options?: FollowOptions) =>
    follow<ProgramReport>(open, path`/program-execution/${executionId}/report/stream`, options),
  report: (executionId: string, query: AsOfQuery = {}, options?: RequestOptions) =>
    send<ProgramReport>('GET', path`/program-execution/${executionId}/report`, { ...options, query }),
  /** Oldest first unless `sort` says otherwise. */
  calls: pagedListOf<CallHistoryItem, CallHistoryQuery>(send, (executionId) => path`/program-execution/${executionId}/report/calls`),
  breakdown: (executionId: string, query: AsOfQuery = {}, options?: RequestOptions) =>
    send<EventBreakdown>('GET', path`/program-execution/${executionId}/report/breakdown`, { ...options, query }),
  nodeStats: (executionId: string, query: AsOfQuery = {}, options?: RequestOptions) =>
    send<NodeExecutionStats>('GET', path`/program-execution/${executionId}/report/node-stats`, { ...options, query }),
  billing: (executionId: string, query: AsOfQuery = {}, options?: RequestOptions) =>
    send<ProgramBillingReport>('GET', path`/program-execution/${executionId}/report/billing`, { ...options, query }),
  /** The report, the breakdown and the node stats as one file. */
  export: (executionId: string, query: ExportQuery = {}, options?: RequestOptions) =>
    send<Blob>('GET', path`/program-execution/${executionId}/report/export`, { ...options, query, isFile: true }),
  /** One row a call. Of many calls the file comes for minutes. */
  exportCalls: (executionId: string, query: CallsExportQuery = {}, options?: RequestOptions) =>
    send<Blob>('GET', path`/program-execution/${executionId}/report/calls/export`, { ...options, query, isFile: true, isLong: true }),
  /** Calls, outcomes and credits by minute, quarter of an hour, hour or day. */
  timeline: (executionId: string, query: TimelineQuery = {}, options?: RequestOptions) =>
    send<ExecutionTimeline>('GET', path`/program-execution/${executionId}/report/timeline`, { ...options, query }),
  /** The calls by DID, by country, or by the hour of the callee's day. */
  segments: (executionId: string, query: SegmentsQuery = {}, options?: RequestOptions) =>
    send<ExecutionSegments>('GET', path`/program-execution/${executionId}/report/segments`, { ...options, query }),
  /** What the figures of the reports mean. */
  metrics: (options?: RequestOptions) => send<MetricsCatalog>('GET', '/metrics-catalog', options),
  /** One call with all that happened on it. */
  call: (callId: string, options?: RequestOptions) => send<CallAttemptReport>('GET', path`/call-report/calls/${callId}`, options),
  /** A job of `callRequests` with all its calls. */
  job: (jobId: string, options?: RequestOptions) => send<JobReport>('GET', path`/call-report/jobs/${jobId}`, options),
})
