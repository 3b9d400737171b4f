import { Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** Longer than the gateway keeps an idle connection: it leaves the connection first, so no request meets one that is being closed. */
const drainMs = 2_500

/** How long a request in progress may take once no new one is accepted. The process is ended after ten seconds. */
const finishMs = 4_000

interface Draining {
  hasBegun(): boolean
}

/**
 * Adds `drain` to the server. It stops listening first: a client that leaves its connection is refused a new one, and knows that its request has not arrived.
 * A listener that closes later resets what the kernel has accepted and the server has not. While it drains, the server goes on serving the connections it has,
 * and tells each client with `Connection: close` to leave. It ends at once when nobody is connected.
 */
export function drainable(app: FastifyInstance): Draining {
  const sockets = new Set<Socket>()
  const allLeft = Promise.withResolvers<void>()
  let hasBegun = false
  app.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      if (hasBegun && sockets.size === 0) allLeft.resolve()
    })
  })
  app.addHook('onSend', async (_request, reply) => {
    if (hasBegun) reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => {
    if (sockets.size > 0) setTimeout(() => app.server.closeAllConnections(), finishMs).unref()
  })
  app.decorate('drain', async () => {
    hasBegun = true
    // The server of HTTP would also end the connections that are idle at this moment, and a request may be on its way on one.
    if (app.server.listening) Server.prototype.close.call(app.server)
    if (sockets.size === 0) return
    const waiting = new AbortController()
    const deadline = delay(drainMs, undefined, { signal: waiting.signal }).catch(() => undefined)
    await Promise.race([deadline, allLeft.promise])
    waiting.abort()
  })
  return { hasBegun: () => hasBegun }
}
