import type {
  CreateDncEntryRequest,
  DncEntry,
  DncImportResult,
  ImportDncQuery,
  ListDncEntriesQuery,
  PhoneReadingQuery,
} from './contract.ts'
import type { CreateOptions, FileContent, RequestOptions } from './options.ts'
import { pagedList } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/dnc`: the numbers that must not be called */
export const dnc = (send: Send) => ({
  /** A number that is in the list already keeps its entry, with this reason, source and expiry. */
  add: (body: CreateDncEntryRequest, { query = {}, ...options }: CreateOptions & { query?: PhoneReadingQuery } = {}) =>
    send<DncEntry>('POST', '/dnc', { ...creating(options), query, body }),
  /** Newest first. */
  list: pagedList<DncEntry, ListDncEntriesQuery>(send, '/dnc'),
  get: (id: string, options?: RequestOptions) => send<DncEntry>('GET', path`/dnc/${id}`, options),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/dnc/${id}`, options),
  /** Imports a CSV file. The same file may be sent again: entries are recognized by their number. */
  import: (file: FileContent, query: ImportDncQuery = {}, options?: RequestOptions) =>
    send<DncImportResult>('POST', '/dnc/import', { ...options, query, file, isLong: true }),
})
