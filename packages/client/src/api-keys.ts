import type { ApiKey, CreateApiKeyRequest, CreatedApiKey } from '@carillon/contracts/api-key'
import type { Page, PageQuery } from './pages.ts'
import { type CreateOptions, path, type RequestOptions, type Send } from './transport.ts'

/** `/api-keys` */
export const apiKeys = (send: Send) => ({
  /** The key is in this answer alone; it is null in one that an idempotency key asked for once more. */
  create: (body: CreateApiKeyRequest, options?: CreateOptions) => send<CreatedApiKey>('POST', '/api-keys', { ...options, body }),
  list: (query: PageQuery = {}, options?: RequestOptions) => send<Page<ApiKey>>('GET', '/api-keys', { ...options, query }),
  revoke: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/api-keys/${id}`, options),
})
