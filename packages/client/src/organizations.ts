import type { CreateOrganizationRequest, Organization, UpdateOrganizationRequest } from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList } from './pages.ts'
import { creating, type Send } from './transport.ts'

/** `/organizations` */
export const organizations = (send: Send) => ({
  /** Takes the role platform_admin. */
  create: (body: CreateOrganizationRequest, options?: CreateOptions) =>
    send<Organization>('POST', '/organizations', { ...creating(options), body }),
  /** Newest first. Takes the role platform_admin. */
  list: pagedList<Organization>(send, '/organizations'),
  /** The organization that the client acts for. */
  current: (options?: RequestOptions) => send<Organization>('GET', '/organizations/current', options),
  update: (body: UpdateOrganizationRequest, options?: RequestOptions) =>
    send<Organization>('PATCH', '/organizations/current', { ...options, body }),
})
