import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, and disturbs what passes. */
export interface TcpProxy {
  /** The server's address with the proxy's host and port in it. */
  readonly url: string
  /** Connections that are open now. */
  readonly open: number
  /** Passes nothing on from now, either way: every connection stays open and is silent. New ones are accepted, and silent too. */
  stall(): void
  /** Makes each connection that is open now silent for good with this probability from 0 to 1. New ones work. */
  silence(probability: number, random: () => number): void
  /** Passes on what was held back, except for what {@link silence} stopped. */
  resume(): void
  /** Breaks all connections. New ones work. */
  cut(): void
  close(): Promise<void>
}

interface Pair {
  client: Socket
  server: Socket
  isSilent: boolean
}

/** Listens on a free port of 127.0.0.1, and passes everything on to the host and port of `targetUrl`. */
export async function tcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl)
  const pairs = new Set<Pair>()
  let isStalled = false

  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname.replace(/^\[|\]$/g, ''))
    const pair: Pair = { client, server, isSilent: false }
    pairs.add(pair)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true)
      from.on('data', (data) => {
        if (!to.write(data)) from.pause()
      })
      to.on('drain', () => flow(pair))
      from.on('error', () => breakPair(pair))
      from.on('close', () => breakPair(pair))
    }
    flow(pair)
  })

  function flow({ client, server, isSilent }: Pair) {
    const flows = !isStalled && !isSilent
    for (const socket of [client, server]) {
      if (flows) socket.resume()
      else socket.pause()
    }
  }

  function breakPair(pair: Pair) {
    // A silent connection hides from each side that the other one has gone.
    if (pair.isSilent || isStalled) return
    pairs.delete(pair)
    pair.client.destroy()
    pair.server.destroy()
  }

  function cut() {
    for (const { client, server } of pairs) {
      client.destroy()
      server.destroy()
    }
    pairs.clear()
  }

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', resolve)
  })
  const url = new URL(targetUrl)
  url.hostname = '127.0.0.1'
  url.port = String((listener.address() as AddressInfo).port)

  return {
    url: url.toString(),
    get open() {
      return [...pairs].filter(({ client }) => !client.destroyed).length
    },
    stall() {
      isStalled = true
      for (const pair of pairs) flow(pair)
    },
    silence(probability, random) {
      for (const pair of pairs) {
        pair.isSilent ||= random() < probability
        flow(pair)
      }
    },
    resume() {
      isStalled = false
      for (const pair of pairs) {
        if (pair.client.destroyed || pair.server.destroyed) breakPair(pair)
        else flow(pair)
      }
    },
    cut,
    async close() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      cut()
      await closed
    },
  }
}
