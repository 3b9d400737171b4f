import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts'

const echo = createServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.pipe(socket)
})
let proxy: TcpProxy
const clients: Socket[] = []
beforeAll(async () => {
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await tcpProxy(`tcp://name@127.0.0.1:${(echo.address() as AddressInfo).port}/path`)
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await proxy.close()
  echo.close()
})

async function open() {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1')
  clients.push(socket)
  let received = ''
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    received += data
  })
  await once(socket, 'connect')
  return { socket, received: () => received }
}

test('what a client writes comes back through the proxy, and the address keeps its other parts', async () => {
  expect(new URL(proxy.url)).toMatchObject({ username: 'name', pathname: '/path' })
  const { socket, received } = await open()
  socket.write('hello')
  await eventually(() => expect(received()).toBe('hello'))
})

test('a stalled proxy holds everything back, and passes it on when it resumes', async () => {
  const before = await open()
  proxy.stall()
  const after = await open()
  before.socket.write('old')
  after.socket.write('new')
  await once(socketThatAnswers(), 'data')
  expect([before.received(), after.received()]).toEqual(['', ''])
  proxy.resume()
  await eventually(() => expect([before.received(), after.received()]).toEqual(['old', 'new']))
})

test('a silent connection stays open and silent; a new one works', async () => {
  const silent = await open()
  await eventually(() => expect(proxy.open).toBeGreaterThan(0))
  proxy.silence(1, Math.random)
  proxy.resume()
  silent.socket.write('lost')
  const fresh = await open()
  fresh.socket.write('hello')
  await eventually(() => expect(fresh.received()).toBe('hello'))
  expect(silent.received()).toBe('')
  expect(silent.socket.destroyed).toBe(false)
})

test('a cut breaks every connection', async () => {
  const { socket } = await open()
  const closed = once(socket, 'close')
  await eventually(() => expect(proxy.open).toBeGreaterThan(0))
  proxy.cut()
  await closed
  expect(proxy.open).toBe(0)
})

/** A connection past the proxy: an answer on it means that the server had the time to answer on others. */
function socketThatAnswers(): Socket {
  const socket = connect((echo.address() as AddressInfo).port, '127.0.0.1')
  clients.push(socket)
  socket.write('ping')
  return socket
}
