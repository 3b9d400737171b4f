import { createClient } from '@carillon/client/client'

/** What a function of the client sends. `path` has `{}` for each variable part. */
export interface ClientOperation {
  operation: string
  hasIdempotencyKey: boolean
  /** It also goes through all pages of a list. */
  isList: boolean
}

type AnyFunction = (...args: unknown[]) => Promise<unknown> | AsyncGenerator

const id = '~id~'

/** Calls each function of the client once, and records what it sends. */
export async function clientOperations(): Promise<ClientOperation[]> {
  const sent: { method: string; path: string; headers: Headers }[] = []
  const client = createClient({
    baseUrl: 'http://recorded',
    apiKey: 'ck_test',
    fetch: async (url, init) => {
      const { method, headers } = new Request(url, init)
      sent.push({ method, path: new URL(String(url)).pathname, headers })
      return headers.get('accept') === 'text/event-stream' ? new Response(null, { status: 204 }) : Response.json({})
    },
  })
  const functions = Object.values(client).flatMap((resource) => Object.values<unknown>(resource))
  const operations: ClientOperation[] = []
  for (const call of functions as AnyFunction[]) {
    // The first argument is an id, a body or a query. Where a second one belongs to the path, it stands there as `undefined`.
    const answer = call(id)
    // What follows a stream sends its request when somebody reads.
    await (Symbol.asyncIterator in answer ? answer.next() : answer)
    const request = sent.at(-1)
    if (request === undefined || sent.length !== operations.length + 1) throw new Error(`it does not send one request: ${call}`)
    const path = request.path.split('/').map((part) => (part === id || part === 'undefined' ? '{}' : part))
    operations.push({
      operation: `${request.method} ${path.join('/')}`,
      hasIdempotencyKey: request.headers.has('idempotency-key'),
      isList: 'pages' in call && 'items' in call,
    })
  }
  return operations
}
