import { eventually } from '@carillon/testing/eventually'
import { testNats } from '@carillon/testing/nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectNats, type NatsConnection, onReconnect } from '../src/messaging/nats.ts'

let url: string
let close: () => Promise<void>
const open: NatsConnection[] = []

beforeAll(async () => {
  ;({ url, close } = await testNats())
})
afterAll(async () => {
  for (const connection of open) await connection.close()
  await close()
})

async function connect(urls: string): Promise<NatsConnection> {
  const connection = await connectNats(urls, 'test')
  open.push(connection)
  return connection
}

test('a connection takes user and password from the first address, and any server that answers', async () => {
  const { username, password, host } = new URL(url)
  const account = username ? `${username}:${password}@` : ''
  const connection = await connect(`nats://${account}127.0.0.1:1,${host}`)
  await connection.flush()
  expect(connection.getServer()).toBe(host)
})

test('an action runs at each reconnect', async () => {
  const connection = await connect(url)
  let reconnects = 0
  void onReconnect(connection, () => reconnects++)
  for (const count of [1, 2]) {
    await connection.reconnect()
    await eventually(() => expect(reconnects).toBe(count))
  }
})
