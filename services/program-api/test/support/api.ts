import type { Identity, Role } from '@carillon/contracts/identity'
import { openTestService, otherOrganizationId, type TestServiceOptions } from '@carillon/testing/test-service'
import { buildApp } from '../../src/app.ts'

export interface Call {
  role?: Role
  identity?: Partial<Identity>
  headers?: Record<string, string>
}

/** The service with its own servers, and functions that send requests as the gateway does. */
export async function openApi(options?: TestServiceOptions) {
  const service = await openTestService('program-api', options)
  const app = await buildApp(service.deps)

  async function send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload: object | string | Buffer | undefined, call: Call) {
    const { role = 'admin', identity = {}, headers = {} } = call
    const reply = await app.inject({
      method,
      url,
      headers: { ...(await service.as(role, identity)), ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: reply.statusCode, body: reply.body === '' ? undefined : (reply.json() as unknown) }
  }

  return {
    ...service,
    app,
    get: (url: string, call: Call = {}) => send('GET', url, undefined, call),
    post: (url: string, body?: object, call: Call = {}) => send('POST', url, body, call),
    patch: (url: string, body?: object, call: Call = {}) => send('PATCH', url, body, call),
    delete: (url: string, body?: object, call: Call = {}) => send('DELETE', url, body, call),
    /** Imports a file. Returns the answer. */
    importFile: (file: string | Buffer, query = '', call: Call = {}) =>
      send('POST', `/contacts/import${query}`, file, { ...call, headers: { 'content-type': 'text/csv', ...call.headers } }),
    /** Imports a file into the do-not-call list. Returns the answer. */
    importDnc: (file: string, query = '', call: Call = {}) =>
      send('POST', `/dnc/import${query}`, file, { ...call, headers: { 'content-type': 'text/csv', ...call.headers } }),
    async close() {
      await app.close()
      await service.close()
    },
  }
}

export type Api = Awaited<ReturnType<typeof openApi>>

/** A caller from another organization. */
export const stranger: Call = { identity: { organizationId: otherOrganizationId } }

/** The status, the error's name and the fields of a refusal. Each field is listed once, even if it breaks several rules. */
export function refusal(answer: { status: number; body: unknown }) {
  const { error, details } = answer.body as { error: string; details?: { pointer: string }[] }
  return [answer.status, error, ...new Set(Array.isArray(details) ? details.map((problem) => problem.pointer) : [])]
}
