import { Socket } from 'node:net'
import type { ConnectionError, FastifyInstance } from 'fastify'
import { replyToBrokenRequest } from './error-replies.ts'

export interface BodyPace {
  windowMs: number
  /** At least so many bytes must arrive in each window. */
  bytes: number
}

/** A kilobyte a second: less than the slowest mobile network gives. An import of any length may take its time. */
const usualPace: BodyPace = { windowMs: 15_000, bytes: 15_000 }

/**
 * Answers a request whose body arrives too slowly with 408 and ends its connection. Time in which we do not read, because a service behind us does not, is
 * not the client's.
 */
export function refuseSlowBodies(app: FastifyInstance, { windowMs, bytes }: BodyPace = usualPace): void {
  app.addHook('onRequest', async ({ raw, headers, log }, reply) => {
    if (Number(headers['content-length'] ?? 0) === 0 && headers['transfer-encoding'] === undefined) return
    const { socket } = raw
    // A request that was injected arrived at once, over no connection.
    if (!(socket instanceof Socket)) return
    let seenBytes = socket.bytesRead
    const check = () => {
      if (raw.complete || socket.destroyed) return
      const arrived = socket.bytesRead - seenBytes
      seenBytes = socket.bytesRead
      if (arrived >= bytes || raw.readableLength > 0) return void timer.refresh()
      log.info('the body arrives too slowly')
      if (reply.raw.headersSent) socket.destroy()
      else replyToBrokenRequest({ code: 'ERR_HTTP_REQUEST_TIMEOUT' } as ConnectionError, socket)
    }
    // After a standstill of the process, what arrived meanwhile is read first.
    const timer = setTimeout(() => setImmediate(check), windowMs)
    timer.unref()
    // Not with the answer: the body of a request that was refused early is still arriving.
    raw.once('end', () => clearTimeout(timer))
  })
}
