import { apiErrorOf } from './api-error.ts'

export interface ClientOptions {
  /** The gateway's address, e.g. `https://api.example.com`. */
  baseUrl: string
  /** An API key or a JWT. */
  apiKey: string
  /** The organization that a platform_admin acts for. */
  organizationId?: string
  /** The global `fetch` when absent. */
  fetch?: typeof fetch
}

export interface RequestOptions {
  signal?: AbortSignal
}

/** A request that creates or launches something. */
export interface CreateOptions extends RequestOptions {
  /** A second request with the same key and body gets the first answer (contract rule 26), so a request whose answer was lost can be sent again. */
  idempotencyKey?: string
}

/** A file's content. Not every browser can send a stream; all can send a `Blob`, and do not read it into memory either. */
export type FileContent = Blob | ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | string

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface ApiRequest extends CreateOptions {
  query?: object
  /** Sent as JSON. */
  body?: unknown
  /** Sent as CSV. */
  file?: FileContent
}

/** Sends a request and returns the answer's body. Throws an `ApiError` for status 400 or more, and what `fetch` throws if there is no answer. */
export type Send = <T>(method: Method, path: string, request?: ApiRequest) => Promise<T>

export function transport({ baseUrl, apiKey, organizationId, fetch: send = globalThis.fetch }: ClientOptions): Send {
  const base = baseUrl.replace(/\/+$/, '')
  return async <T>(method: Method, path: string, { query, body, file, idempotencyKey, signal }: ApiRequest = {}) => {
    const headers = new Headers({ accept: 'application/json', authorization: `Bearer ${apiKey}` })
    if (organizationId !== undefined) headers.set('x-organization-id', organizationId)
    if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
    if (file !== undefined) headers.set('content-type', 'text/csv')
    else if (body !== undefined) headers.set('content-type', 'application/json')
    const content = file ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await send(base + path + queryText(query), {
      method,
      headers,
      ...(content === undefined ? {} : { body: content }),
      ...(content instanceof ReadableStream ? { duplex: 'half' as const } : {}),
      ...(signal === undefined ? {} : { signal }),
    })
    if (!response.ok) throw await apiErrorOf(response)
    // The services check their answers against the schemas that the types come from.
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}

/** Builds a path and escapes its variable parts. */
export function path(strings: TemplateStringsArray, ...parts: (string | number)[]): string {
  return String.raw({ raw: strings }, ...parts.map((part) => encodeURIComponent(part)))
}

function queryText(query: object = {}): string {
  const text = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) text.set(name, String(value))
  return text.size === 0 ? '' : `?${text}`
}
