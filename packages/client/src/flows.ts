import type { CreateFlowRequest, Flow, FlowSummary, FlowVersion, FlowVersionSummary, UpdateFlowRequest } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList, plainListOf } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/flows` */
export const flows = (send: Send) => ({
  create: (body: CreateFlowRequest, options?: CreateOptions) => send<Flow>('POST', '/flows', { ...creating(options), body }),
  /** Newest first. */
  list: pagedList<FlowSummary>(send, '/flows'),
  get: (id: string, options?: RequestOptions) => send<Flow>('GET', path`/flows/${id}`, options),
  /** Creates a new version. */
  update: (id: string, body: UpdateFlowRequest, options?: RequestOptions) => send<Flow>('PATCH', path`/flows/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/flows/${id}`, options),
  /** The latest first. */
  versions: plainListOf<FlowVersionSummary>(send, (id) => path`/flows/${id}/versions`),
  version: (id: string, version: number, options?: RequestOptions) =>
    send<FlowVersion>('GET', path`/flows/${id}/versions/${version}`, options),
})
