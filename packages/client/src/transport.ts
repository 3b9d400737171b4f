import { apiErrorOf } from './api-error.ts'

export interface ClientOptions {
  /** Where the gateway is, e.g. `https://api.example.com`. */
  baseUrl: string
  /** An API key or a JWT. */
  apiKey: string
  /** The organization that a platform_admin acts for. */
  organizationId?: string
  /** The environment's own when absent. */
  fetch?: typeof fetch
}

export interface RequestOptions {
  signal?: AbortSignal
}

/** A request that creates or launches something. */
export interface CreateOptions extends RequestOptions {
  /** The same key and body get the same answer once more (contract rule 26): with it, a request whose answer was lost can be sent again. */
  idempotencyKey?: string
}

/** A file's content. A stream is sent as it comes; browsers that cannot do that take a `Blob`, which they do not read into memory either. */
export type FileContent = Blob | ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | string

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface ApiRequest extends CreateOptions {
  query?: object
  /** Sent as JSON. */
  body?: unknown
  /** Sent as CSV. */
  file?: FileContent
}

/** Sends a request and gives the answer's body. Throws an `ApiError` for an answer that is one, and what `fetch` throws where there was no answer. */
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
    // What the contracts say of an answer holds: the services check what they send against the same schemas.
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}

/** A path whose variable parts are escaped. */
export function path(strings: TemplateStringsArray, ...parts: (string | number)[]): string {
  return String.raw({ raw: strings }, ...parts.map((part) => encodeURIComponent(part)))
}

function queryText(query: object = {}): string {
  const text = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) text.set(name, String(value))
  return text.size === 0 ? '' : `?${text}`
}
