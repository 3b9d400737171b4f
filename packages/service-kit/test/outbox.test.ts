import { laneOf } from '@carillon/contracts/lane'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { appendToOutbox, maxMessageBytes, type OutboxMessage, type OutboxRow } from '../src/messaging/outbox.ts'
import { type KitTables, openKitTables } from './support/kit-tables.ts'

let tables: KitTables
let signalled: OutboxRow[]
const signal = { committed: (rows: readonly OutboxRow[]) => void signalled.push(...rows) }

beforeAll(async () => {
  tables = await openKitTables()
})
beforeEach(async () => {
  signalled = []
  await tables.database.sql`delete from outbox`
})
afterAll(() => tables.close())

const message = (id: string, stream: OutboxMessage['stream'] = 'CALLS'): OutboxMessage => ({
  stream,
  laneKey: 'key',
  message: { id, type: 'call.ringing' },
})
const append = (messages: readonly OutboxMessage[]) => tables.database.transaction((tx) => appendToOutbox(tx, signal, messages))

interface StoredRow {
  id: number
  stream: string
  messages: string
  message_count: number
  published_at: Date | null
}
const stored = () => tables.database.sql<StoredRow[]>`select id, stream, messages, message_count, published_at from outbox order by id`
const idsOf = (row: StoredRow | undefined) => row?.messages.split('\n').map((line) => line.split('\t')[1])

test('messages become one row per stream, in order, with subject, id and JSON', async () => {
  await append([message('a'), message('b', 'BILLING'), message('c')])
  const [calls, billing, ...others] = await stored()
  expect(others).toEqual([])
  const lines = ['a', 'c'].map((id) => `calls.${laneOf('key')}.call.ringing\t${id}\t{"id":"${id}","type":"call.ringing"}`)
  expect(calls).toMatchObject({ stream: 'CALLS', message_count: 2, published_at: null, messages: lines.join('\n') })
  expect([billing?.stream, idsOf(billing)]).toEqual(['BILLING', ['b']])
})

test('many messages are split into rows of 500', async () => {
  const ids = Array.from({ length: 1_201 }, (_, index) => `m${index}`)
  await append(ids.map((id) => message(id)))
  const rows = await stored()
  expect(rows.map((row) => row.message_count)).toEqual([500, 500, 201])
  expect(rows.flatMap(idsOf)).toEqual(ids)
})

test('the relay is told of the rows after the commit', async () => {
  await tables.database.transaction(async (tx) => {
    await appendToOutbox(tx, signal, [message('a')])
    await appendToOutbox(tx, signal, [message('b')])
    expect(signalled).toEqual([])
  })
  expect(signalled).toEqual((await stored()).map(({ id, stream, messages }) => ({ id, stream, messages })))
})

test('a transaction that rolls back leaves no row and tells the relay nothing', async () => {
  const failed = tables.database.transaction(async (tx) => {
    await appendToOutbox(tx, signal, [message('a')])
    throw new Error('changed my mind')
  })
  await expect(failed).rejects.toThrow('changed my mind')
  expect([await stored(), signalled]).toEqual([[], []])
})

test('a message that can never be sent is refused, by its bytes', async () => {
  const large = (size: number, letter: string) => ({
    ...message('large'),
    message: { id: 'large', type: 'call.ringing', text: letter.repeat(size) },
  })
  await append([large(maxMessageBytes - 100, 'x')])
  await expect(append([message('a'), large(maxMessageBytes / 2, 'é')])).rejects.toThrow(
    /call\.ringing large has 10000\d\d bytes; at most 1000000 can be sent/,
  )
  expect(await stored()).toHaveLength(1)
})

test('no messages are no row', async () => {
  await append([])
  expect([await stored(), signalled]).toEqual([[], []])
})
