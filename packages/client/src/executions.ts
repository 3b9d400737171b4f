import type {
  AddExecutionContactsRequest,
  AddedExecutionContacts,
  ExecutionContact,
  ExecutionContactsQuery,
  ExecutionResponse,
  ExecutionSchedule,
  ResumeExecutionRequest,
  UpdateExecutionRequest,
} from './contract.ts'
import { type FollowOptions, follow, type OpenStream } from './follow.ts'
import type { RequestOptions } from './options.ts'
import { pagedListOf, plainList } from './pages.ts'
import { path, type Send } from './transport.ts'

/** `/program-executions` */
export const executions = (send: Send, open: OpenStream) => ({
  /** The executions that have not ended, the latest first. */
  active: plainList<ExecutionResponse>(send, '/program-executions'),
  /** The same list as it changes; it goes on after connections that break, until the signal ends it. */
  follow: (options?: FollowOptions) => follow<ExecutionResponse[]>(open, '/program-executions/stream', options),
  get: (id: string, options?: RequestOptions) => send<ExecutionResponse>('GET', path`/program-executions/${id}`, options),
  /** How fast it calls, and when it stops. */
  update: (id: string, body: UpdateExecutionRequest, options?: RequestOptions) =>
    send<ExecutionResponse>('PATCH', path`/program-executions/${id}`, { ...options, body }),
  addContacts: (id: string, body: AddExecutionContactsRequest, options?: RequestOptions) =>
    send<AddedExecutionContacts>('POST', path`/program-executions/${id}/contacts`, { ...options, body }),
  skipContact: (id: string, contactId: string, options?: RequestOptions) =>
    send<ExecutionContact>('POST', path`/program-executions/${id}/contacts/${contactId}/skip`, options),
  callContactNow: (id: string, contactId: string, options?: RequestOptions) =>
    send<ExecutionContact>('POST', path`/program-executions/${id}/contacts/${contactId}/call-now`, options),
  /** Who is called, and how far each has come. */
  contacts: pagedListOf<ExecutionContact, Partial<ExecutionContactsQuery>>(send, (id) => path`/program-executions/${id}/contacts`),
  /** What it waits for, and what comes next. */
  schedule: (id: string, options?: RequestOptions) => send<ExecutionSchedule>('GET', path`/program-executions/${id}/schedule`, options),
  pause: (id: string, options?: RequestOptions) => send<ExecutionResponse>('PATCH', path`/program-executions/${id}/pause`, options),
  resume: (id: string, body?: ResumeExecutionRequest, options?: RequestOptions) =>
    send<ExecutionResponse>('PATCH', path`/program-executions/${id}/resume`, { ...options, body }),
  cancel: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/program-executions/${id}`, options),
})
