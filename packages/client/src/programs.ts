import type { ExecutionResponse, LaunchResponse } from '@carillon/contracts/execution'
import type { CreateProgramRequest, ProgramResponse, UpdateProgramRequest } from '@carillon/contracts/program'
import { type CreateOptions, path, type RequestOptions, type Send } from './transport.ts'

/** `/programs` */
export const programs = (send: Send) => ({
  create: (body: CreateProgramRequest, options?: CreateOptions) => send<ProgramResponse>('POST', '/programs', { ...options, body }),
  list: (options?: RequestOptions) => send<ProgramResponse[]>('GET', '/programs', options),
  get: (id: string, options?: RequestOptions) => send<ProgramResponse>('GET', path`/programs/${id}`, options),
  update: (id: string, body: UpdateProgramRequest, options?: RequestOptions) =>
    send<ProgramResponse>('PATCH', path`/programs/${id}`, { ...options, body }),
  delete: (id: string, options?: RequestOptions) => send<void>('DELETE', path`/programs/${id}`, options),
  /** Answers when the whole audience is copied, which takes seconds for a million contacts. */
  launch: (id: string, options?: CreateOptions) => send<LaunchResponse>('POST', path`/programs/${id}/launch`, options),
  executions: (id: string, options?: RequestOptions) => send<ExecutionResponse[]>('GET', path`/programs/${id}/executions`, options),
})
