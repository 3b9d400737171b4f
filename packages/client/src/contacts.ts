import type {
  Contact,
  CreateContactRequest,
  ImportContactsQuery,
  ImportProgress,
  ImportRejection,
  ImportResult,
  ImportWarning,
  ListContactsQuery,
  PhoneReadingQuery,
  UpdateContactRequest,
} from './contract.ts'
import type { CreateOptions, FileContent, RequestOptions } from './options.ts'
import { pagedList, pagedListOf } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/contacts` */
export const contacts = (send: Send) => ({
  create: (body: CreateContactRequest, { query = {}, ...options }: CreateOptions & { query?: PhoneReadingQuery } = {}) =>
    send<Contact>('POST', '/contacts', { ...creating(options), query, body }),
  /** Newest first. */
  list: pagedList<Contact, ListContactsQuery>(send, '/contacts'),
  get: (id: string, options?: RequestOptions) => send<Contact>('GET', path`/contacts/${id}`, options),
  update: (id: string, body: UpdateContactRequest, { query = {}, ...options }: RequestOptions & { query?: PhoneReadingQuery } = {}) =>
    send<Contact>('PATCH', path`/contacts/${id}`, { ...options, query, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/contacts/${id}`, options),
  /** Imports a CSV file. The same file may be sent again: contacts are recognized by their number. */
  import: (file: FileContent, query: ImportContactsQuery = {}, options?: RequestOptions) =>
    send<ImportResult>('POST', '/contacts/import', { ...options, query, file, isLong: true }),
  importProgress: (importId: string, options?: RequestOptions) => send<ImportProgress>('GET', path`/contacts/imports/${importId}`, options),
  /** In the order of the file. */
  importRejections: pagedListOf<ImportRejection>(send, (importId) => path`/contacts/imports/${importId}/rejections`),
  /** In the order of the file. */
  importWarnings: pagedListOf<ImportWarning>(send, (importId) => path`/contacts/imports/${importId}/warnings`),
})
