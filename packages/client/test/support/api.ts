import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'

/** A request as it arrived. */
export interface Received {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

/** A stand-in for the gateway: keeps the requests, and answers the routes that a test adds, or else an empty object. */
export async function startApi(routes: (app: FastifyInstance) => void = () => {}) {
  const app = Fastify({ forceCloseConnections: true })
  const received: Received[] = []
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 100 * 1024 * 1024 }, (_request, body, done) => done(null, body))
  app.addHook('preHandler', async ({ method, url, headers, body }) => {
    received.push({ method, url, headers: headers as Received['headers'], body: typeof body === 'string' ? body : '' })
  })
  routes(app)
  app.route({ method: ['GET', 'POST', 'PUT', 'PATCH'], url: '/*', handler: async () => ({}) })
  app.delete('/*', async (_request, reply) => reply.code(204).send())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { baseUrl: `http://127.0.0.1:${port}`, received, close: () => app.close() }
}
