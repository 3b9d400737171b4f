import type { ErrorBody } from '@carillon/contracts/error-body'

/** An answer of the API that is no success. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly body: ErrorBody

  constructor(request: string, body: ErrorBody) {
    super(`${request}: ${body.statusCode} ${body.error}: ${body.message} ${JSON.stringify(body.details ?? '')}`)
    this.body = body
  }
}

type Headers = Record<string, string>

/** The public API as any HTTP client meets it; types are what the caller says that the contract promises. */
export class Api {
  readonly #baseUrl: string
  readonly #headers: Headers

  constructor(baseUrl: string, apiKey: string, headers: Headers = {}) {
    this.#baseUrl = baseUrl
    this.#headers = { authorization: `Bearer ${apiKey}`, ...headers }
  }

  get<T>(path: string): Promise<T> {
    return this.#request('GET', path)
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.#request('POST', path, { body: JSON.stringify(body), contentType: 'application/json' })
  }

  /** A file of contacts, as it is. */
  postCsv<T>(path: string, body: Buffer | ReadableStream<Uint8Array>): Promise<T> {
    return this.#request('POST', path, { body: body instanceof Buffer ? new Uint8Array(body) : body, contentType: 'text/csv' })
  }

  delete(path: string): Promise<void> {
    return this.#request('DELETE', path)
  }

  /** Every item of a list, page by page. */
  async all<T>(path: string, limit = 1_000): Promise<T[]> {
    const items: T[] = []
    for (let page = 1; ; page++) {
      const { data, meta } = await this.get<{ data: T[]; meta: { totalPages: number } }>(`${path}?page=${page}&limit=${limit}`)
      items.push(...data)
      if (page >= meta.totalPages) return items
    }
  }

  async #request<T>(method: string, path: string, content?: { body: NonNullable<RequestInit['body']>; contentType: string }): Promise<T> {
    const response = await fetch(this.#baseUrl + path, {
      method,
      headers: content ? { ...this.#headers, 'content-type': content.contentType } : this.#headers,
      ...(content ? { body: content.body } : {}),
      ...(content?.body instanceof ReadableStream ? { duplex: 'half' } : {}),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const text = await response.text()
    if (!response.ok) throw new Refusal(`${method} ${path}`, JSON.parse(text) as ErrorBody)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

const REQUEST_TIMEOUT_MS = 600_000
