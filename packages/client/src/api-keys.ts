import type { ApiKey, CreateApiKeyRequest, CreatedApiKey } from '@carillon/contracts/api-key'
import type { Page, PageQuery } from './pages.ts'
import { type CreateOptions, path, type RequestOptions, type Send } from './transport.ts'

/** `/api-keys` */
export const apiKeys = (send: Send) => ({
  /** Only this answer has the key. A repeated request with the same idempotency key gets `key: null`. */
  create: (body: CreateApiKeyRequest, options?: CreateOptions) => send<CreatedApiKey>('POST', '/api-keys', { ...options, body }),
  list: (query: PageQuery = {}, options?: RequestOptions) => send<Page<ApiKey>>('GET', '/api-keys', { ...options, query }),
  revoke: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/api-keys/${id}`, options),
})
