import type {
  ContactTrigger,
  CreateProgramRequest,
  ExecutionResponse,
  LaunchResponse,
  ProgramResponse,
  UpdateProgramRequest,
} from './contract.ts'
import type { CreateOptions, RequestOptions } from './options.ts'
import { plainList, plainListOf } from './pages.ts'
import { creating, path, type Send } from './transport.ts'

/** `/programs` */
export const programs = (send: Send) => ({
  create: (body: CreateProgramRequest, options?: CreateOptions) =>
    send<ProgramResponse>('POST', '/programs', { ...creating(options), body }),
  /** Newest first. */
  list: plainList<ProgramResponse>(send, '/programs'),
  get: (id: string, options?: RequestOptions) => send<ProgramResponse>('GET', path`/programs/${id}`, options),
  update: (id: string, body: UpdateProgramRequest, options?: RequestOptions) =>
    send<ProgramResponse>('PATCH', path`/programs/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/programs/${id}`, options),
  /** Answers when the whole audience is copied, which takes seconds for a million contacts. */
  launch: (id: string, options?: CreateOptions) =>
    send<LaunchResponse>('POST', path`/programs/${id}/launch`, { ...creating(options), isLong: true }),
  /** The latest first. */
  executions: plainListOf<ExecutionResponse>(send, (id) => path`/programs/${id}/executions`),
  /** Of a live program, newest first. With `status`, only those. */
  triggers: plainListOf<ContactTrigger>(send, (id) => path`/programs/${id}/triggers`),
})
