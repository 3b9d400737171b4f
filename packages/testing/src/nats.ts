import { natsAccountUrl } from '@carillon/dev-stack/servers/nats-server'
import { connect, type NatsConnection } from 'nats'
import { fromTestRun, slot } from './slot.ts'

export interface TestNats {
  /** With user and password where the server has accounts. */
  url: string
  connection: NatsConnection
  close(): Promise<void>
}

/** The worker's own NATS account. Streams that an earlier test file left are removed, so call it once per test file. */
export async function testNats(): Promise<TestNats> {
  const url = testNatsUrl()
  const { username: user, password: pass, host } = new URL(url)
  const connection = await connect({ servers: host, ...(user ? { user, pass } : {}), name: 'test' })
  const manager = await connection.jetstreamManager()
  for (const { config } of await manager.streams.list().next()) await manager.streams.delete(config.name)
  return { url, connection, close: () => connection.close() }
}

/** The worker's own account on the server for tests; the server itself where it has no accounts. */
function testNatsUrl(): string {
  const url = fromTestRun('TEST_NATS_URL')
  return process.env.TEST_SHARED_SERVERS === '1' ? url : natsAccountUrl(url, slot)
}
