import { cpSync, rmSync } from 'node:fs'
import { eventually } from '@carillon/testing/eventually'
import { type OwnNats, ownNats } from '@carillon/testing/own-nats'
import { connect, type NatsConnection } from 'nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectNats } from '../src/messaging/nats.ts'
import { appendToOutbox } from '../src/messaging/outbox.ts'
import { type OutboxRelay, startOutboxRelay } from '../src/messaging/outbox-relay.ts'
import { ensureStreams } from '../src/messaging/streams.ts'
import { createLogger } from '../src/process/logger.ts'
import { createMetrics } from '../src/process/metrics.ts'
import { ringing } from './support/fixture.ts'
import { type KitTables, openKitTables } from './support/kit-tables.ts'

/** Two services that publish to one stream, on a NATS server of their own that is killed. */
let nats: OwnNats
let observer: NatsConnection
const services: { tables: KitTables; connection: NatsConnection; relay: OutboxRelay }[] = []

beforeAll(async () => {
  nats = await ownNats()
  observer = await connect({ servers: new URL(nats.url).host, maxReconnectAttempts: -1, reconnectTimeWait: 100 })
  await ensureStreams(observer, 1)
  for (const name of ['one', 'two']) {
    const tables = await openKitTables()
    const connection = await connectNats(nats.url, name)
    const { database } = tables
    const relay = startOutboxRelay({
      database,
      connection,
      logger: createLogger('test', 'silent'),
      metrics: createMetrics('test'),
      leaseTtlMs: 900,
    })
    services.push({ tables, connection, relay })
  }
})
afterAll(async () => {
  for (const { tables, connection, relay } of services) {
    await relay.stop()
    await connection.close()
    await tables.close()
  }
  await observer.close()
  await nats.close()
})

async function send(index: number, ids: readonly string[]) {
  const service = services[index]
  if (!service) throw new Error('there are two services')
  for (const id of ids) await service.tables.database.transaction((tx) => appendToOutbox(tx, service.relay, [ringing(id, 'one')]))
}

async function stored(): Promise<Set<string>> {
  const manager = await observer.jetstreamManager({ checkAPI: false })
  const { state } = await manager.streams.info('CALLS')
  const ids = new Set<string>()
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
    ids.add((await manager.streams.getMessage('CALLS', { seq })).header.get('Nats-Msg-Id'))
  }
  return ids
}

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`)

test('a server that comes back with an older copy of its data gets again what each of two services had published since', async () => {
  const copy = `${nats.storeDir}-older`
  await send(0, numbered('old-one-', 3))
  await send(1, numbered('old-two-', 3))
  await eventually(async () => expect((await stored()).size).toBe(6))
  await nats.kill()
  cpSync(nats.storeDir, copy, { recursive: true })
  await nats.restart()
  await send(0, numbered('one-', 10))
  await send(1, numbered('two-', 10))
  await eventually(async () => expect((await stored()).size).toBe(26))

  await nats.kill()
  rmSync(nats.storeDir, { recursive: true })
  cpSync(copy, nats.storeDir, { recursive: true })
  // The first service has much to say as soon as the server is back: the stream is soon longer than the second one remembers it.
  await send(0, numbered('late-', 30))
  await nats.restart()
  const all = ['old-one-', 'old-two-']
    .flatMap((name) => numbered(name, 3))
    .concat(numbered('one-', 10), numbered('two-', 10), numbered('late-', 30))
  await eventually(async () => expect([...(await stored())].sort()).toEqual([...all].sort()), { timeoutMs: 20_000 })
})
