import { createServer } from 'node:net'

/**
 * Ports below the range from which systems pick the source ports of outgoing connections (Linux: 32768 up): a service that is killed and
 * started again on its port must not find a neighbour's connection sitting on it.
 */
const firstPort = 20_000
const portCount = 12_000

/** A TCP port on 127.0.0.1 that nobody listens on; picked at random, so that installations side by side rarely meet. */
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
