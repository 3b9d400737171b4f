import type { CallJob, CreateCallRequest, ListCallJobsQuery, PhoneReadingQuery } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/call-requests`: calls to one number. `reports.job` tells of them. */
export const callRequests = (send: Send) => ({
  create: (body: CreateCallRequest, { query = {}, ...options }: CreateOptions & { query?: PhoneReadingQuery } = {}) =>
    send<CallJob>('POST', '/call-requests', { ...creating(options), query, body }),
  /** The latest first. */
  list: pagedList<CallJob, ListCallJobsQuery>(send, '/call-requests'),
  get: (jobId: string, options?: RequestOptions) => send<CallJob>('GET', path`/call-requests/${jobId}`, options),
  /** A call that is ordered or goes on runs to its end. */
  cancel: (jobId: string, options?: RequestOptions) => send<void>('DELETE', path`/call-requests/${jobId}`, options),
})
