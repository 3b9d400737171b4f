import type { CreateCustomAttributeRequest, CustomAttribute } from '@carillon/contracts/custom-attribute'
import { type CreateOptions, path, type RequestOptions, type Send } from './transport.ts'

/** `/custom-attributes` */
export const customAttributes = (send: Send) => ({
  create: (body: CreateCustomAttributeRequest, options?: CreateOptions) =>
    send<CustomAttribute>('POST', '/custom-attributes', { ...options, body }),
  list: (options?: RequestOptions) => send<CustomAttribute[]>('GET', '/custom-attributes', options),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/custom-attributes/${id}`, options),
})
