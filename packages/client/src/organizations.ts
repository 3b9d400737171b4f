import type { CreateOrganizationRequest, Organization, UpdateOrganizationRequest } from '@carillon/contracts/organization'
import type { Page, PageQuery } from './pages.ts'
import type { CreateOptions, RequestOptions, Send } from './transport.ts'

/** `/organizations` */
export const organizations = (send: Send) => ({
  /** Takes the role platform_admin. */
  create: (body: CreateOrganizationRequest, options?: CreateOptions) => send<Organization>('POST', '/organizations', { ...options, body }),
  /** Takes the role platform_admin. */
  list: (query: PageQuery = {}, options?: RequestOptions) => send<Page<Organization>>('GET', '/organizations', { ...options, query }),
  /** The organization that the client acts for. */
  current: (options?: RequestOptions) => send<Organization>('GET', '/organizations/current', options),
  update: (body: UpdateOrganizationRequest, options?: RequestOptions) =>
    send<Organization>('PATCH', '/organizations/current', { ...options, body }),
})
