import type { CreateCustomAttributeRequest, CustomAttribute } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { plainList } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/custom-attributes` */
export const customAttributes = (send: Send) => ({
  create: (body: CreateCustomAttributeRequest, options?: CreateOptions) =>
    send<CustomAttribute>('POST', '/custom-attributes', { ...creating(options), body }),
  /** Newest first. */
  list: plainList<CustomAttribute>(send, '/custom-attributes'),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/custom-attributes/${id}`, options),
})
