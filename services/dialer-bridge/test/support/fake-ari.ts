import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AriAddress } from '../../src/carriers/asterisk/ari-http.ts'

/** A channel as `GET /channels/{id}` shows it. */
export interface FakeChannel {
  id: string
  state: string
  dialplan: { app_name: string; app_data: string }
}

/** `hang`: the request is taken, and never answered. */
export type FakeAnswer = { status: number; body?: object; html?: string } | 'hang'

/** A server that speaks ARI. It keeps channels, and does nothing by itself: events are sent by the test. */
export interface FakeAri {
  readonly address: AriAddress
  readonly channels: Map<string, FakeChannel>
  /** `POST /channels/x` and the like, in order. */
  readonly requests: string[]
  /** Whether somebody listens to its events. */
  readonly isHeard: boolean
  /** Answers these requests in another way. Null: in the usual way. */
  answer: (request: string) => FakeAnswer | null
  /** New connections for events are refused while this is false. */
  acceptsSockets: boolean
  /** It answers no pings, as one that hangs. */
  isSilent: boolean
  send(event: object): void
  dropSockets(): void
  close(): Promise<void>
}

const notFound: FakeAnswer = { status: 404, body: { message: 'Resource not found' } }

export async function openFakeAri(): Promise<FakeAri> {
  const channels = new Map<string, FakeChannel>()
  const requests: string[] = []
  const sockets = new Set<WebSocket>()
  const server = createServer((request, response) => void respond(request, response))
  const events = new WebSocketServer({ noServer: true, autoPong: false })

  async function respond(request: IncomingMessage, response: ServerResponse) {
    const text = `${request.method} ${(request.url ?? '').replace(/^\/ari/, '')}`
    requests.push(text)
    request.resume()
    const answer = fake.answer(text) ?? usual(text)
    if (answer === 'hang') return
    const { status, body, html } = answer
    response.writeHead(status, { 'content-type': html ? 'text/html' : 'application/json' })
    response.end(html ?? (body ? JSON.stringify(body) : ''))
  }

  function usual(request: string): FakeAnswer {
    const [method, path = ''] = request.split(' ')
    const [, kind, id = '', action] = path.split('/')
    if (kind !== 'channels') return method === 'DELETE' ? { status: 204 } : notFound
    const channel = channels.get(id)
    if (method === 'POST' && action === undefined) {
      if (channel) return { status: 409, body: { message: 'Channel with given unique ID already exists' } }
      channels.set(id, { id, state: 'Down', dialplan: { app_name: 'AppDial2', app_data: '(Outgoing Line)' } })
      return { status: 200, body: { id } }
    }
    if (!channel) return notFound
    if (method === 'DELETE') {
      channels.delete(id)
      return { status: 204 }
    }
    return method === 'GET' ? { status: 200, body: channel } : { status: 201, body: {} }
  }

  server.on('upgrade', (request, socket, head) => {
    if (!fake.acceptsSockets) return socket.destroy()
    events.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket)
      webSocket.on('ping', () => {
        if (!fake.isSilent) webSocket.pong()
      })
      webSocket.on('close', () => sockets.delete(webSocket))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const fake: FakeAri = {
    address: { url: `http://127.0.0.1:${port}`, user: 'carillon', password: 'secret' },
    channels,
    requests,
    answer: () => null,
    acceptsSockets: true,
    isSilent: false,
    get isHeard() {
      return sockets.size > 0
    },
    send(event) {
      for (const socket of sockets) socket.send(JSON.stringify(event))
    },
    dropSockets() {
      for (const socket of sockets) socket.terminate()
    },
    async close() {
      for (const socket of sockets) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}
