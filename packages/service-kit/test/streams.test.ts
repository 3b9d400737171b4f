import { streams } from '@carillon/contracts/streams'
import { testNats } from '@carillon/testing/nats'
import { type JetStreamManager, nanos } from 'nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NatsConnection } from '../src/messaging/nats.ts'
import { ensureStreams } from '../src/messaging/streams.ts'

let connection: NatsConnection
let manager: JetStreamManager

beforeAll(async () => {
  ;({ connection } = await testNats())
  manager = await connection.jetstreamManager()
})
afterAll(() => connection.close())

test('streams that are missing are created as the contracts describe them', async () => {
  await ensureStreams(connection, 1)
  for (const [name, { subjects, workQueue, maxAgeDays }] of Object.entries(streams)) {
    const { config } = await manager.streams.info(name)
    expect(config).toMatchObject({
      subjects,
      retention: workQueue ? 'workqueue' : 'limits',
      max_age: nanos(maxAgeDays * 86_400_000),
      storage: 'file',
    })
  }
})

test('streams that exist are left as they are', async () => {
  await connection.jetstream().publish('calls.0.x', 'kept')
  await ensureStreams(connection, 1)
  expect((await manager.streams.info('CALLS')).state.messages).toBe(1)
})

test('a stream with another configuration is an error that names it', async () => {
  const { config } = await manager.streams.info('BILLING')
  await manager.streams.update('BILLING', { ...config, max_age: nanos(60_000), duplicate_window: nanos(60_000) })
  await expect(ensureStreams(connection, 1)).rejects.toThrow('stream BILLING is configured otherwise')
  await manager.streams.update('BILLING', config)
  await ensureStreams(connection, 1)
})
