import { CallRinging } from '@carillon/contracts/call-events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Checkpoint, readCheckpoint } from '../src/messaging/checkpoint.ts'
import { eventDecoder } from '../src/messaging/event-decoder.ts'
import { batchApplier } from '../src/messaging/lane-batch.ts'
import type { LaneMessage } from '../src/messaging/lane-reader.ts'
import { LaneLostError } from '../src/messaging/projection.ts'
import { createLogger } from '../src/process/logger.ts'
import { createMetrics } from '../src/process/metrics.ts'
import { type Ringing, ringing, tally } from './support/fixture.ts'
import { type KitTables, openKitTables } from './support/kit-tables.ts'

const lane = 5
const beginning: Checkpoint = { sequence: 0, messageId: '' }
let tables: KitTables

beforeAll(async () => {
  tables = await openKitTables()
})
beforeEach(async () => {
  await tables.database.sql`truncate checkpoints, dead_letters, tally`
  await readCheckpoint(tables.database, 'tally', lane)
})
afterAll(() => tables.close())

function applier(onEvent: (event: Ringing) => void = () => undefined) {
  return batchApplier<Ringing>({
    projection: tally('reader', onEvent),
    lane,
    decode: eventDecoder([CallRinging]),
    database: tables.database,
    logger: createLogger('test', 'silent'),
    metrics: createMetrics('test'),
    limitMs: 60_000,
  })
}

const encode = (text: string) => new TextEncoder().encode(text)

function messages(...ids: string[]): LaneMessage[] {
  return ids.map((id, index) => ({
    subject: 'calls.5.call.ringing',
    sequence: 10 + index,
    id,
    data: encode(id === 'broken' ? 'not JSON' : JSON.stringify(ringing(id, 'one').message)),
    pending: 0,
  }))
}

const checkpoint = () => readCheckpoint(tables.database, 'tally', lane)
const tallied = async () =>
  (await tables.database.sql<{ event_id: string }[]>`select event_id from tally order by position`).map((row) => row.event_id)
const deadLetters = () => tables.database.sql`select stream_sequence, message from dead_letters order by stream_sequence`

test('the effects of a batch and its checkpoint are written together', async () => {
  const after = await applier()(messages('a', 'b', 'c'), beginning)
  expect(after).toEqual({ sequence: 12, messageId: 'c' })
  expect([await checkpoint(), await tallied()]).toEqual([after, ['a', 'b', 'c']])
})

test('messages of types that the projection does not follow move the checkpoint', async () => {
  const [message] = messages('a')
  const others = message ? [{ ...message, subject: 'calls.5.call.ended' }] : []
  expect(await applier()(others, beginning)).toEqual({ sequence: 10, messageId: 'a' })
  expect([await checkpoint(), await tallied()]).toEqual([{ sequence: 10, messageId: 'a' }, []])
})

test('a message that cannot be decoded becomes a dead letter, and the others are applied', async () => {
  await applier()(messages('a', 'broken', 'c'), beginning)
  expect(await tallied()).toEqual(['a', 'c'])
  expect(await deadLetters()).toMatchObject([{ stream_sequence: 11, message: 'not JSON' }])
})

test('an event that cannot be applied becomes a dead letter; its own effects are rolled back', async () => {
  const apply = applier((event) => {
    if (event.id === 'b') throw new Error('cannot be applied')
  })
  expect(await apply(messages('a', 'b', 'c'), beginning)).toEqual({ sequence: 12, messageId: 'c' })
  expect(await tallied()).toEqual(['a', 'c'])
  expect(await deadLetters()).toMatchObject([{ stream_sequence: 11 }])
})

test('a lost connection is not the fault of an event: nothing is written', async () => {
  const lost = Object.assign(new Error('connection lost'), { code: 'ECONNRESET' })
  const apply = applier((event) => {
    if (event.id === 'b') throw lost
  })
  await expect(apply(messages('a', 'b', 'c'), beginning)).rejects.toBe(lost)
  expect([await checkpoint(), await tallied(), await deadLetters()]).toEqual([beginning, [], []])
})

test('a reader that has lost the lane writes nothing', async () => {
  await applier()(messages('a'), beginning)
  await expect(applier()(messages('a', 'b'), beginning)).rejects.toThrow(LaneLostError)
  expect(await tallied()).toEqual(['a'])
})
