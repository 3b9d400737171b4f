import { apiErrorOf } from './api-error.ts'
import { deadline, pause } from './deadline.ts'
import type { OpenStream } from './follow.ts'
import type { ClientOptions, CreateOptions, FileContent } from './options.ts'
import { delayBeforeRetry } from './retries.ts'

const usualTimeoutMs = 60_000

/** Longer than the gateway waits for a service, for requests whose work grows with the number of contacts. */
const longTimeoutMs = 600_000

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface ApiRequest extends CreateOptions {
  query?: object
  /** Sent as JSON. */
  body?: unknown
  /** Sent as CSV. */
  file?: FileContent
  /** The work grows with the number of contacts. */
  isLong?: boolean
  /** The answer is a file, not JSON. */
  isFile?: boolean
  /** Gets the headers of a good answer. */
  onHeaders?: (headers: Headers) => void
}

/**
 * Sends a request and returns the answer's body. Throws an `ApiError` for status 400 or more, a `TimeoutError` if an answer is late, the signal's reason,
 * and what `fetch` throws if there is no answer.
 */
export type Send = <T>(method: Method, path: string, request?: ApiRequest) => Promise<T>

export function transport(options: ClientOptions): Send {
  const { fetch: send = globalThis.fetch, maxRetryDelayMs: maxDelayMs = 30_000 } = options
  const base = baseOf(options)

  return async <T>(method: Method, path: string, request: ApiRequest = {}) => {
    const { query, body, file, idempotencyKey, signal, isLong = false, isFile = false } = request
    const timeoutMs = request.timeoutMs ?? options.timeoutMs ?? (isLong ? longTimeoutMs : usualTimeoutMs)
    const headers = headersFor(options, isFile ? '*/*' : 'application/json')
    if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
    if (file !== undefined) headers.set('content-type', 'text/csv')
    else if (body !== undefined) headers.set('content-type', 'application/json')
    const content = file ?? (body === undefined ? undefined : JSON.stringify(body))
    const isStream = content instanceof ReadableStream
    const url = base + path + queryText(query)
    const init = {
      method,
      headers,
      ...(content === undefined ? {} : { body: content }),
      ...(isStream ? { duplex: 'half' as const } : {}),
    }
    const isSafe = method === 'GET' || idempotencyKey !== undefined
    // What a stream has given away cannot be sent again.
    const maxRetries = isStream ? 0 : (request.maxRetries ?? options.maxRetries ?? 3)

    for (let retries = 0; ; retries++) {
      signal?.throwIfAborted()
      const { signal: until, release } = deadline(timeoutMs, signal)
      try {
        // The services check their answers against the schemas that the types come from.
        const response = await send(url, { ...init, signal: until })
        const answer = isFile && response.ok ? await response.blob() : await answerOf(response)
        request.onHeaders?.(response.headers)
        return answer as T
      } catch (error) {
        signal?.throwIfAborted()
        const delayMs = delayBeforeRetry(error, { isSafe, retries, maxRetries, maxDelayMs, random: Math.random() })
        if (delayMs === null) throw error
        await pause(delayMs, signal)
      } finally {
        release()
      }
    }
  }
}

const baseOf = ({ baseUrl }: ClientOptions) => baseUrl.replace(/\/+$/, '')

function headersFor({ apiKey, organizationId, mode }: ClientOptions, accept: string): Headers {
  const headers = new Headers({ accept, authorization: `Bearer ${apiKey}` })
  if (organizationId !== undefined) headers.set('x-organization-id', organizationId)
  if (mode !== undefined) headers.set('x-mode', mode)
  return headers
}

/** Opens streams of server-sent events. */
export function streamOpener(options: ClientOptions): OpenStream {
  const { fetch: send = globalThis.fetch } = options
  return async (path, lastEventId, signal) => {
    const headers = headersFor(options, 'text/event-stream')
    if (lastEventId !== undefined) headers.set('last-event-id', lastEventId)
    const response = await send(baseOf(options) + path, { headers, signal })
    if (response.status === 204) return null
    if (!response.ok || response.body === null) throw apiErrorOf(response, await response.text(), Date.now())
    return response.body
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!response.ok) throw apiErrorOf(response, text, Date.now())
  if (response.status === 204) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw apiErrorOf(response, text, Date.now())
  }
}

/** The options of a request that creates or launches something, with an idempotency key in any case. */
export function creating(options: CreateOptions = {}): CreateOptions {
  return { ...options, idempotencyKey: options.idempotencyKey ?? newKey() }
}

/** A UUID of version 4 (RFC 9562, 5.4). Browsers have `crypto.randomUUID` only on pages that came over HTTPS. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
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
