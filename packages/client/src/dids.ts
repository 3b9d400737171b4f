import type { CreateDidRequest, Did, UpdateDidRequest } from '@carillon/contracts/did'
import type { Page, PageQuery } from './pages.ts'
import { type CreateOptions, path, type RequestOptions, type Send } from './transport.ts'

/** `/dids`: the caller ids */
export const dids = (send: Send) => ({
  create: (body: CreateDidRequest, options?: CreateOptions) => send<Did>('POST', '/dids', { ...options, body }),
  list: (query: PageQuery = {}, options?: RequestOptions) => send<Page<Did>>('GET', '/dids', { ...options, query }),
  /** The DIDs that a program can use now. */
  available: (options?: RequestOptions) => send<Did[]>('GET', '/dids/available', options),
  get: (id: string, options?: RequestOptions) => send<Did>('GET', path`/dids/${id}`, options),
  update: (id: string, body: UpdateDidRequest, options?: RequestOptions) => send<Did>('PATCH', path`/dids/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/dids/${id}`, options),
})
