import { createServer } from 'node:net'

/**
 * Ports below the range from which systems pick the source ports of outgoing connections (Linux: 32768 up): otherwise the
 * port of a killed service could be taken by another process's connection before the service is started again.
 */
const firstPort = 20_000
const portCount = 12_000

/** A TCP port on 127.0.0.1 that nobody listens on; chosen at random, so that installations on one machine rarely collide. */
export async function freePort(random: () => number = Math.random): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = firstPort + Math.floor(random() * portCount)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port on 127.0.0.1 between ${firstPort} and ${firstPort + portCount}`)
}

/** `preferred`, or the next free one of the twenty above it, or any. */
export async function portNear(preferred: number): Promise<number> {
  for (let port = preferred; port < preferred + 20; port++) {
    if (await isFree(port)) return port
  }
  return freePort()
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
