import type { Contact, CreateContactRequest, ListContactsQuery, PhoneReadingQuery, UpdateContactRequest } from '@carillon/contracts/contact'
import type { ImportContactsQuery, ImportProgress, ImportRejection, ImportResult, ImportWarning } from '@carillon/contracts/contact-import'
import type { Page, PageQuery } from './pages.ts'
import { type CreateOptions, type FileContent, path, type RequestOptions, type Send } from './transport.ts'

/** `/contacts` */
export const contacts = (send: Send) => ({
  create: (body: CreateContactRequest, { query = {}, ...options }: CreateOptions & { query?: PhoneReadingQuery } = {}) =>
    send<Contact>('POST', '/contacts', { ...options, query, body }),
  list: (query: ListContactsQuery = {}, options?: RequestOptions) => send<Page<Contact>>('GET', '/contacts', { ...options, query }),
  get: (id: string, options?: RequestOptions) => send<Contact>('GET', path`/contacts/${id}`, options),
  update: (id: string, body: UpdateContactRequest, { query = {}, ...options }: RequestOptions & { query?: PhoneReadingQuery } = {}) =>
    send<Contact>('PATCH', path`/contacts/${id}`, { ...options, query, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/contacts/${id}`, options),
  /** Imports a CSV file. The same file may be sent again: contacts are recognized by their number. */
  import: (file: FileContent, query: ImportContactsQuery = {}, options?: RequestOptions) =>
    send<ImportResult>('POST', '/contacts/import', { ...options, query, file }),
  importProgress: (importId: string, options?: RequestOptions) => send<ImportProgress>('GET', path`/contacts/imports/${importId}`, options),
  importRejections: (importId: string, query: PageQuery = {}, options?: RequestOptions) =>
    send<Page<ImportRejection>>('GET', path`/contacts/imports/${importId}/rejections`, { ...options, query }),
  importWarnings: (importId: string, query: PageQuery = {}, options?: RequestOptions) =>
    send<Page<ImportWarning>>('GET', path`/contacts/imports/${importId}/warnings`, { ...options, query }),
})
