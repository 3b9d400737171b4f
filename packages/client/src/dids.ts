import type { CreateDidRequest, Did, UpdateDidRequest } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/dids`: the caller ids */
export const dids = (send: Send) => ({
  create: (body: CreateDidRequest, options?: CreateOptions) => send<Did>('POST', '/dids', { ...creating(options), body }),
  list: pagedList<Did>(send, '/dids'),
  /** The DIDs that a program can use now. */
  available: (options?: RequestOptions) => send<Did[]>('GET', '/dids/available', options),
  get: (id: string, options?: RequestOptions) => send<Did>('GET', path`/dids/${id}`, options),
  update: (id: string, body: UpdateDidRequest, options?: RequestOptions) => send<Did>('PATCH', path`/dids/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/dids/${id}`, options),
})
