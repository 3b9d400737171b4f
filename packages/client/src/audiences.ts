import type {
  AddedContacts,
  Audience,
  AudienceContactsRequest,
  Contact,
  CreateAudienceRequest,
  RemovedContacts,
  UpdateAudienceRequest,
} from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { pagedList, pagedListOf } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/audiences` */
export const audiences = (send: Send) => ({
  create: (body: CreateAudienceRequest, options?: CreateOptions) => send<Audience>('POST', '/audiences', { ...creating(options), body }),
  /** Newest first. */
  list: pagedList<Audience>(send, '/audiences'),
  get: (id: string, options?: RequestOptions) => send<Audience>('GET', path`/audiences/${id}`, options),
  update: (id: string, body: UpdateAudienceRequest, options?: RequestOptions) =>
    send<Audience>('PATCH', path`/audiences/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/audiences/${id}`, options),
  /** The newest contact first. */
  contacts: pagedListOf<Contact>(send, (id) => path`/audiences/${id}/contacts`),
  /** `added` counts the contacts that were not in the audience yet. */
  addContacts: (id: string, body: AudienceContactsRequest, options?: RequestOptions) =>
    send<AddedContacts>('POST', path`/audiences/${id}/contacts`, { ...options, body }),
  removeContacts: (id: string, body: AudienceContactsRequest, options?: RequestOptions) =>
    send<RemovedContacts>('DELETE', path`/audiences/${id}/contacts`, { ...options, body }),
})
