import type { ApiKey, CreateApiKeyRequest, CreatedApiKey } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/api-keys` */
export const apiKeys = (send: Send) => ({
  /** Only this answer has the key. A repeated request with the same idempotency key gets `key: null`. */
  create: (body: CreateApiKeyRequest, options?: CreateOptions) => send<CreatedApiKey>('POST', '/api-keys', { ...creating(options), body }),
  /** Newest first. */
  list: pagedList<ApiKey>(send, '/api-keys'),
  revoke: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/api-keys/${id}`, options),
})
