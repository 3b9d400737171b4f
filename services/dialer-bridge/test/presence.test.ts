import { setTimeout as delay } from 'node:timers/promises'
import { connectDatabase } from '@carillon/service-kit/postgres/connect-database'
import { productionAnchor } from '@carillon/service-kit/process/clock'
import { createLogger } from '@carillon/service-kit/process/logger'
import { type TestDatabase, testDatabase } from '@carillon/testing/database'
import { tcpProxy } from '@carillon/testing/tcp-proxy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPresence } from '../src/calls/presence.ts'

let server: TestDatabase
beforeAll(async () => {
  server = await testDatabase('dialer-bridge')
})
afterAll(() => server.drop())

test('a bridge whose connections fall silent, over and over, is never taken for dead', async () => {
  const proxy = await tcpProxy(server.url)
  const database = connectDatabase({ url: proxy.url, name: 'bridge', connections: 2, anchor: productionAnchor })
  const staleMs = 8_000
  const presence = await startPresence(database, createLogger('dialer-bridge', 'silent'), 'bridge', staleMs)
  for (let look = 0; look < 20; look++) {
    if (look % 8 === 0) proxy.silence(1, Math.random)
    await delay(600)
    const [row] = await server.sql<{ silentMs: number }[]>`
      select extract(epoch from clock_timestamp() - seen_at)::float8 * 1000 as "silentMs" from bridges`
    expect(row?.silentMs).toBeLessThan(staleMs)
    expect(presence.tenure()).toBe(0)
  }
  await presence.stop(true)
  await database.close()
  await proxy.close()
})
