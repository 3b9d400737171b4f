/** Where a PBX answers, and as whom we ask. */
export interface AriAddress {
  /** `http://pbx:8088`; a path before `/ari` is kept. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/** An answer of the PBX, with its JSON. `isJson` is false for a page of HTML, as Asterisk sends while it starts. */
export interface AriAnswer {
  readonly status: number
  readonly isJson: boolean
  readonly body: unknown
}

export interface AriRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below `/ari`, each part encoded. */
  readonly path: string
  readonly body?: object
}

/** No answer came, so it is not known whether the request was carried out. */
export class AriUnreachableError extends Error {
  override readonly name = 'AriUnreachableError'
}

/** The PBX refused a request. */
export class AriRefusedError extends Error {
  override readonly name = 'AriRefusedError'
}

export type AriHttp = (request: AriRequest) => Promise<AriAnswer>

/** Requests to one PBX. A request that is not answered in time rejects with {@link AriUnreachableError}. */
export function ariHttp({ url, user, password }: AriAddress, timeoutMs: number): AriHttp {
  const authorization = basicAuthorization(user, password)
  return async ({ method, path, body }) => {
    try {
      const response = await fetch(`${url}/ari${path}`, {
        method,
        headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(timeoutMs),
      })
      return { status: response.status, ...parsed(await response.text()) }
    } catch (error) {
      throw new AriUnreachableError(`${method} ${path}: ${reasonOf(error)}`)
    }
  }
}

export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

export function isOk({ status }: AriAnswer): boolean {
  return status >= 200 && status < 300
}

/** Whether the PBX says that a thing does not exist. While it starts it answers 404 for everything, with a page of HTML. */
export function isAbsent({ status, isJson }: AriAnswer): boolean {
  return status === 404 && isJson
}

/** What a refusal says, for people. */
export function refusalOf({ status, body }: AriAnswer): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : ''
  return message === '' ? `Asterisk answered ${status}` : `Asterisk answered ${status}: ${message.slice(0, 200)}`
}

function parsed(text: string): Pick<AriAnswer, 'isJson' | 'body'> {
  if (text === '') return { isJson: true, body: null }
  try {
    return { isJson: true, body: JSON.parse(text) }
  } catch {
    return { isJson: false, body: null }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
