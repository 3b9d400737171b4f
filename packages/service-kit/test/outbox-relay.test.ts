import { subjectOf } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { listDeadLetters } from '../src/messaging/dead-letters.ts'
import { appendToOutbox, type OutboxSignal } from '../src/messaging/outbox.ts'
import { outboxMemory } from '../src/messaging/outbox-memory.ts'
import { type OutboxRelay, startOutboxRelay } from '../src/messaging/outbox-relay.ts'
import { outboxLease, outboxRows } from '../src/messaging/outbox-rows.ts'
import { rewindMs } from '../src/messaging/stream-position.ts'
import { LeadershipLostError } from '../src/postgres/leadership.ts'
import { createLogger } from '../src/process/logger.ts'
import { createMetrics } from '../src/process/metrics.ts'
import { ringing } from './support/fixture.ts'
import { type KitTables, openKitTables } from './support/kit-tables.ts'
import { newIds, openStreams, type Streams } from './support/streams.ts'

let tables: KitTables
let streams: Streams
let running: OutboxRelay[] = []
const logger = createLogger('test', 'silent')

beforeAll(async () => {
  tables = await openKitTables()
  streams = await openStreams()
})
afterEach(async () => {
  for (const relay of running) await relay.stop()
  running = []
  await tables.database.sql`delete from outbox`
  await streams.empty()
})
afterAll(async () => {
  await streams.close()
  await tables.close()
})

function start(): OutboxRelay {
  const relay = startOutboxRelay({
    database: tables.database,
    connection: streams.connection,
    logger,
    metrics: createMetrics('test'),
    leaseTtlMs: 900,
  })
  running.push(relay)
  return relay
}

const nobody: OutboxSignal = { committed: () => undefined }
const send = (ids: readonly string[], signal = nobody) =>
  tables.database.transaction((tx) =>
    appendToOutbox(
      tx,
      signal,
      ids.map((id) => ringing(id, 'one')),
    ),
  )

/** Ids of the messages that the stream holds. */
async function published(): Promise<string[]> {
  const { state } = await streams.manager.streams.info('CALLS')
  const ids: string[] = []
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
    ids.push((await streams.manager.streams.getMessage('CALLS', { seq })).header.get('Nats-Msg-Id'))
  }
  return ids
}

interface Mark {
  id: number
  last_sequence: number | null
}
const marks = () => tables.database.sql<Mark[]>`select id, last_sequence from outbox where published_at is not null order by id`

test('rows that were left by another process are published in order and marked with their last sequence', async () => {
  const ids = newIds(90)
  for (let from = 0; from < ids.length; from += 2) await send(ids.slice(from, from + 2))
  start()
  await eventually(async () => expect(await marks()).toHaveLength(45))
  expect(await published()).toEqual(ids)
  const { state } = await streams.manager.streams.info('CALLS')
  expect((await marks()).map((mark) => mark.last_sequence)).toEqual(Array.from({ length: 45 }, (_, row) => state.first_seq + 2 * row + 1))
})

test('what this process commits is published in order, row by row', async () => {
  const relay = start()
  const ids = newIds(60)
  for (const id of ids) await send([id], relay)
  await eventually(async () => expect(await marks()).toHaveLength(60))
  expect(await published()).toEqual(ids)
})

test('one relay publishes at a time; another goes on when it stops', async () => {
  const first = start()
  const ids = newIds(4)
  await send(ids.slice(0, 2), first)
  await eventually(async () => expect(await marks()).toHaveLength(1))
  const second = start()
  await first.stop()
  await send(ids.slice(2), second)
  await eventually(async () => expect(await marks()).toHaveLength(2))
  expect(await published()).toEqual(ids)
})

test('a published row is kept for as long as readers rewind, and an unpublished one until it is published', async () => {
  const ages = { young: rewindMs - 60_000, old: rewindMs + 60_000 }
  for (const age of Object.values(ages)) {
    await tables.database.sql`
      insert into outbox (stream, messages, message_count, published_at, last_sequence)
      values ('CALLS', 'x', 1, clock_timestamp() - make_interval(secs => ${age / 1000}), 0)`
  }
  const [id = ''] = newIds(1)
  await send([id])
  await tables.database.sql`update outbox set created_at = clock_timestamp() - interval '1 day' where published_at is null`
  const [young, old, unpublished] = await tables.database.sql<{ id: number }[]>`select id from outbox order by id`
  start()
  await eventually(async () => {
    const kept = (await marks()).map((mark) => mark.id)
    expect(kept).toEqual([young?.id, unpublished?.id])
    expect(kept).not.toContain(old?.id)
  })
  expect(await published()).toEqual([id])
})

/** A stream that was created again knows no ids and starts at sequence 1. */
async function makeAnew(stream: string) {
  const { config } = await streams.manager.streams.info(stream)
  await streams.manager.streams.delete(stream)
  await streams.manager.streams.add(config)
}

test('what a stream has lost is published again', async () => {
  const relay = start()
  const ids = newIds(3)
  for (const id of ids) await send([id], relay)
  await eventually(async () => expect(await marks()).toHaveLength(3))
  await makeAnew('CALLS')
  await streams.connection.reconnect()
  await eventually(async () => expect(await published()).toEqual(ids), { timeoutMs: 15_000 })
})

test('a loss is found though another publisher has filled the sequence numbers of what was lost', async () => {
  const relay = start()
  const ids = newIds(3)
  for (const id of ids) await send([id], relay)
  await eventually(async () => expect(await marks()).toHaveLength(3))
  await makeAnew('CALLS')
  const others = newIds(5)
  await streams.publish(subjectOf('CALLS', 0, 'call.ringing'), others)
  await eventually(async () => expect(await published()).toEqual([...others, ...ids]), { timeoutMs: 10_000 })
})

test('a loss is found though the relay has published again before it has looked', async () => {
  const relay = start()
  const ids = newIds(8)
  for (const id of ids.slice(0, 3)) await send([id], relay)
  await eventually(async () => expect(await marks()).toHaveLength(3))
  await makeAnew('CALLS')
  for (const id of ids.slice(3)) await send([id], relay)
  await eventually(async () => expect((await published()).sort()).toEqual([...ids].sort()))
  await eventually(async () => expect(await marks()).toHaveLength(8))
})

test('on a new connection the relay looks before it publishes, so that the order is kept', async () => {
  const relay = start()
  const ids = newIds(4)
  for (const id of ids.slice(0, 3)) await send([id], relay)
  await eventually(async () => expect(await marks()).toHaveLength(3))
  await makeAnew('CALLS')
  await streams.connection.reconnect()
  await send(ids.slice(3), relay)
  await eventually(async () => expect(await marks()).toHaveLength(4))
  expect(await published()).toEqual(ids)
})

test('a message that is larger than the server takes is set aside, and the others are published', async () => {
  const ids = newIds(3)
  const line = (id: string, size: number) => `calls.3.call.ringing\t${id}\t${JSON.stringify({ id, filling: 'x'.repeat(size) })}`
  const [first = '', second = '', third = ''] = ids
  const text = [line(first, 1), line(second, 1_050_000), line(third, 1)].join('\n')
  await tables.database.sql`insert into outbox (stream, messages, message_count) values ('CALLS', ${text}, 3)`
  await tables.database.sql`insert into outbox (stream, messages, message_count) values ('CALLS', ${line('alone', 1_050_000)}, 1)`
  start()
  await eventually(async () => expect(await published()).toEqual([first, third]))
  await eventually(async () => {
    const letters = await listDeadLetters(tables.database, 0, 10)
    expect(letters).toMatchObject([
      { projection: 'outbox', lane: 3, position: 1, error: expect.stringContaining('the server takes at most 1048576') },
      { projection: 'outbox', lane: 3, position: 0 },
    ])
  })
  await eventually(async () => expect(await tables.database.sql`select 1 from outbox where published_at is null`).toHaveLength(0))
})

test('a former leader that stood still and wakes marks nothing', async () => {
  const rows = outboxRows(tables.database)
  await send(newIds(1))
  const [row] = await rows.next(outboxMemory())
  const marked = [{ id: row?.id ?? 0, sequence: 7, messageId: 'x' }]
  const setLease = (holder: string, seconds: number) => tables.database.sql`
    insert into leases (name, holder, expires_at) values (${outboxLease}, ${holder}, clock_timestamp() + make_interval(secs => ${seconds}))
    on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at`
  await setLease('another term', 60)
  await expect(rows.markPublished('my term', marked)).rejects.toThrow(LeadershipLostError)
  await setLease('my term', -1)
  await expect(rows.markPublished('my term', marked)).rejects.toThrow(LeadershipLostError)
  expect(await marks()).toEqual([])
  await setLease('my term', 60)
  await rows.markPublished('my term', marked)
  expect(await marks()).toHaveLength(1)
  await tables.database.sql`delete from leases`
})
