export interface ClientOptions {
  /** The gateway's address, e.g. `https://api.example.com`. */
  baseUrl: string
  /** An API key or a JWT. */
  apiKey: string
  /** The organization that a platform_admin acts for. */
  organizationId?: string
  /** `test`: requests are in test mode, where calls are simulated and free. If absent, the key decides. */
  mode?: 'live' | 'test'
  /** The longest time for one try of a request, 60,000 ms by default. Launches and imports have 600,000 ms if it is absent. */
  timeoutMs?: number
  /** How often a request is sent again when that is safe, 3 by default. With 0 nothing is sent again. */
  maxRetries?: number
  /** The longest wait between two tries, 30,000 ms by default. If the API asks for a longer one (`Retry-After`), its error is thrown at once. */
  maxRetryDelayMs?: number
  /** Used instead of the global `fetch`. It must heed `signal`: timeouts and aborts reach it that way. */
  fetch?: typeof fetch
}

/** Each of these applies to one request and goes before the client's own. */
export interface RequestOptions {
  /** Ends the request, with its retries. */
  signal?: AbortSignal
  timeoutMs?: number
  maxRetries?: number
}

/** A request that creates or launches something. */
export interface CreateOptions extends RequestOptions {
  /**
   * A second request with the same key and body gets the first answer (contract rule 26). The client makes a key if none is given, so that it can
   * send the request again. Give your own if you want to repeat it later, even from another process.
   */
  idempotencyKey?: string
}

/** A file's content. Not every browser can send a stream; all can send a `Blob`, and do not read it into memory either. */
export type FileContent = Blob | ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | string
