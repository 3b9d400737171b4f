import type {
  AddedContacts,
  Audience,
  AudienceContactsRequest,
  CreateAudienceRequest,
  RemovedContacts,
  UpdateAudienceRequest,
} from '@carillon/contracts/audience'
import type { Contact } from '@carillon/contracts/contact'
import type { Page, PageQuery } from './pages.ts'
import { type CreateOptions, path, type RequestOptions, type Send } from './transport.ts'

/** `/audiences` */
export const audiences = (send: Send) => ({
  create: (body: CreateAudienceRequest, options?: CreateOptions) => send<Audience>('POST', '/audiences', { ...options, body }),
  list: (query: PageQuery = {}, options?: RequestOptions) => send<Page<Audience>>('GET', '/audiences', { ...options, query }),
  get: (id: string, options?: RequestOptions) => send<Audience>('GET', path`/audiences/${id}`, options),
  update: (id: string, body: UpdateAudienceRequest, options?: RequestOptions) =>
    send<Audience>('PATCH', path`/audiences/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/audiences/${id}`, options),
  contacts: (id: string, query: PageQuery = {}, options?: RequestOptions) =>
    send<Page<Contact>>('GET', path`/audiences/${id}/contacts`, { ...options, query }),
  /** `added` counts the contacts that were not in the audience yet. */
  addContacts: (id: string, body: AudienceContactsRequest, options?: RequestOptions) =>
    send<AddedContacts>('POST', path`/audiences/${id}/contacts`, { ...options, body }),
  removeContacts: (id: string, body: AudienceContactsRequest, options?: RequestOptions) =>
    send<RemovedContacts>('DELETE', path`/audiences/${id}/contacts`, { ...options, body }),
})
