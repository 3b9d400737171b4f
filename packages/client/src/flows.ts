import type { CreateFlowRequest, Flow, FlowSummary, FlowVersion, FlowVersionSummary, UpdateFlowRequest } from '@carillon/contracts/flow'
import type { Page, PageQuery } from './pages.ts'
import { type CreateOptions, path, type RequestOptions, type Send } from './transport.ts'

/** `/flows` */
export const flows = (send: Send) => ({
  create: (body: CreateFlowRequest, options?: CreateOptions) => send<Flow>('POST', '/flows', { ...options, body }),
  list: (query: PageQuery = {}, options?: RequestOptions) => send<Page<FlowSummary>>('GET', '/flows', { ...options, query }),
  get: (id: string, options?: RequestOptions) => send<Flow>('GET', path`/flows/${id}`, options),
  /** Creates a new version. */
  update: (id: string, body: UpdateFlowRequest, options?: RequestOptions) => send<Flow>('PATCH', path`/flows/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/flows/${id}`, options),
  versions: (id: string, options?: RequestOptions) => send<FlowVersionSummary[]>('GET', path`/flows/${id}/versions`, options),
  version: (id: string, version: number, options?: RequestOptions) =>
    send<FlowVersion>('GET', path`/flows/${id}/versions/${version}`, options),
})
