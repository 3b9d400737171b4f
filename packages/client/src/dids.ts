import type { CreateDidRequest, Did, UpdateDidRequest } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList, plainList } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/dids`: the caller ids */
export const dids = (send: Send) => ({
  create: (body: CreateDidRequest, options?: CreateOptions) => send<Did>('POST', '/dids', { ...creating(options), body }),
  /** Newest first. */
  list: pagedList<Did>(send, '/dids'),
  /** The DIDs that a program can use now, newest first. */
  available: plainList<Did>(send, '/dids/available'),
  get: (id: string, options?: RequestOptions) => send<Did>('GET', path`/dids/${id}`, options),
  update: (id: string, body: UpdateDidRequest, options?: RequestOptions) => send<Did>('PATCH', path`/dids/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/dids/${id}`, options),
})
