import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { identityHeader, internalAuth } from '@carillon/service-kit/http/internal-auth'
import { internalAuthSecret } from '@carillon/testing/test-service'
import Fastify, { type FastifyRequest } from 'fastify'

const auth = internalAuth(internalAuthSecret, Date.now)
export const chunk = Buffer.alloc(64 * 1024, 'a,b,c\n')

/** How an upstream describes a request that reached it. */
export interface Echo {
  service: string
  method: string
  url: string
  headers: Record<string, string>
  identity: { organizationId: string; role: string; subject: string; country: string; timezone: string; test?: true }
  body: string
}

/** A stand-in for a service behind the gateway: it answers with a description of the request. */
export async function startUpstream(service: string, paths: Record<string, object> = {}, port = 0) {
  const app = Fastify({ forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, body, done) => done(null, body))
  const reached: string[] = []
  const sent = { bytes: 0 }
  let held = Promise.resolve()
  app.addHook('onRequest', async (request) => {
    reached.push(`${request.method} ${request.url}`)
  })

  app.get('/openapi.json', async () => ({ openapi: '3.1.0', info: { title: service, version: '1' }, paths }))
  app.get('/internal/secret', async () => 'internal')
  app.get('/metrics', async () => 'internal')
  app.get('/billing/teapot', async (_request, reply) => reply.code(418).send({ error: 'TeapotError' }))
  app.get('/billing/unauthorized', async (_request, reply) => reply.code(401).send({ error: 'UnauthorizedError' }))
  app.get('/billing/slow', () => new Promise(() => undefined))
  app.get('/billing/broken', async (_request, reply) => {
    reply.raw.socket?.destroy()
  })
  app.get('/billing/download', async (request, reply) => {
    const { chunks = '1' } = request.query as { chunks?: string }
    return reply.type('text/csv').send(Readable.from(repeated(Number(chunks), sent)))
  })
  app.post('/contacts/import', async (request) => {
    await held
    const hash = createHash('sha256')
    let bytes = 0
    await pipeline(request.body as Readable, async (source) => {
      for await (const part of source as AsyncIterable<Buffer>) {
        bytes += part.length
        hash.update(part)
      }
    })
    return { bytes, sha256: hash.digest('hex') }
  })
  app.all('/*', async (request): Promise<Echo> => {
    const { [identityHeader]: token, ...headers } = request.headers
    return {
      service,
      method: request.method,
      url: request.url,
      headers: headers as Record<string, string>,
      identity: await auth.verify(typeof token === 'string' ? token : undefined),
      body: await bodyText(request),
    }
  })
  await app.listen({ host: '127.0.0.1', port })
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    /** Every request that arrived, as `GET /path`. */
    reached,
    /** How much downloads have sent. */
    sent,
    /** Leaves uploads unread until the returned function is called. */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    close: () => app.close(),
  }
}

export type UpstreamServer = Awaited<ReturnType<typeof startUpstream>>

/** Chunks of 64 KiB. `taken` counts the bytes that were taken. */
export function* repeated(chunks: number, taken: { bytes: number }): Generator<Buffer> {
  for (let index = 0; index < chunks; index++) {
    taken.bytes += chunk.length
    yield chunk
  }
}

async function bodyText(request: FastifyRequest): Promise<string> {
  let text = ''
  if (request.body instanceof Readable) for await (const part of request.body) text += String(part)
  return text
}
