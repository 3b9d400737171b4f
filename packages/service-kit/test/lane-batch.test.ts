import { CallRinging } from '@carillon/contracts/call-events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DomainError } from '../src/domain/domain-error.ts'
import { EventRefusedError } from '../src/domain/event-refused.ts'
import { type Checkpoint, readCheckpoint } from '../src/messaging/checkpoint.ts'
import { findDeadLetter, lanesToReplay, listDeadLetters, requestReplay } from '../src/messaging/dead-letters.ts'
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
  await tables.database.sql`truncate checkpoints, dead_letters, subject_organizations, tally`
  await readCheckpoint(tables.database, 'tally', lane)
})
afterAll(() => tables.close())

function applier(onEvent: (event: Ringing) => void = () => undefined) {
  return batchApplier<Ringing>({
    projection: tally('reader', onEvent),
    lane,
    decode: eventDecoder([CallRinging]),
    positionOf: (sequence) => sequence,
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
  const after = await applier().apply(messages('a', 'b', 'c'), beginning)
  expect(after).toEqual({ sequence: 12, messageId: 'c' })
  expect([await checkpoint(), await tallied()]).toEqual([after, ['a', 'b', 'c']])
})

test('messages of types that the projection does not follow move the checkpoint', async () => {
  const [message] = messages('a')
  const others = message ? [{ ...message, subject: 'calls.5.call.ended' }] : []
  expect(await applier().apply(others, beginning)).toEqual({ sequence: 10, messageId: 'a' })
  expect([await checkpoint(), await tallied()]).toEqual([{ sequence: 10, messageId: 'a' }, []])
})

test('a message that cannot be decoded becomes a dead letter, and the others are applied', async () => {
  await applier().apply(messages('a', 'broken', 'c'), beginning)
  expect(await tallied()).toEqual(['a', 'c'])
  expect(await deadLetters()).toMatchObject([{ stream_sequence: 11, message: 'not JSON' }])
})

test('an event that cannot be applied becomes a dead letter; its own effects are rolled back', async () => {
  const { apply } = applier((event) => {
    if (event.id === 'b') throw new EventRefusedError('cannot be applied')
  })
  expect(await apply(messages('a', 'b', 'c'), beginning)).toEqual({ sequence: 12, messageId: 'c' })
  expect(await tallied()).toEqual(['a', 'c'])
  expect(await deadLetters()).toMatchObject([{ stream_sequence: 11 }])
})

test('a lost connection is not the fault of an event: nothing is written', async () => {
  const lost = Object.assign(new Error('connection lost'), { code: 'ECONNRESET' })
  const { apply } = applier((event) => {
    if (event.id === 'b') throw lost
  })
  await expect(apply(messages('a', 'b', 'c'), beginning)).rejects.toBe(lost)
  expect([await checkpoint(), await tallied(), await deadLetters()]).toEqual([beginning, [], []])
})

test.each([
  ['a column that is being renamed', Object.assign(new Error('column "x" does not exist'), { code: '42703' })],
  ['a statement that the driver refused', Object.assign(new Error('only use sql.begin'), { code: 'UNSAFE_TRANSACTION' })],
  ['an error that nobody has thought of', new TypeError('undefined is not a function')],
  ['a service that does not answer', new DomainError('unavailable', 'ServiceUnavailableError', 'not answered')],
])('%s sets nothing aside: nothing is written, and the batch can be tried again', async (_case, failure) => {
  let fails = true
  const { apply } = applier((event) => {
    if (fails && event.id === 'b') throw failure
  })
  await expect(apply(messages('a', 'b', 'c'), beginning)).rejects.toBe(failure)
  expect([await checkpoint(), await tallied(), await deadLetters()]).toEqual([beginning, [], []])
  fails = false
  await apply(messages('a', 'b', 'c'), beginning)
  expect(await tallied()).toEqual(['a', 'b', 'c'])
})

test.each([
  ['a value out of range', '22003'],
  ['a constraint that is violated', '23514'],
])('%s is the fault of the event', async (_case, code) => {
  const { apply } = applier((event) => {
    if (event.id === 'b') throw Object.assign(new Error('refused'), { code })
  })
  await apply(messages('a', 'b', 'c'), beginning)
  expect([await tallied(), await deadLetters()]).toMatchObject([['a', 'c'], [{ stream_sequence: 11 }]])
})

test('an event that names another organization than the first one of its execution is set aside', async () => {
  const [first, forged, last] = messages('a', 'b', 'c')
  if (!first || !forged || !last) throw new Error('three messages')
  const foreign = { ...ringing('b', 'one').message, organizationId: '018f0000-0000-7000-8000-00000000000b' }
  const { apply } = applier()
  const after = await apply([first, { ...forged, data: encode(JSON.stringify(foreign)) }, last], beginning)
  expect([await tallied(), await deadLetters()]).toMatchObject([['a', 'c'], [{ stream_sequence: 11 }]])
  await apply([{ ...forged, sequence: 13, data: encode(JSON.stringify({ ...foreign, id: 'later' })) }], after)
  expect([await tallied(), await deadLetters()]).toMatchObject([
    ['a', 'c'],
    [{ stream_sequence: 11 }, { stream_sequence: 13 }],
  ])
})

test('a dead letter overwrites no other one, and one that comes twice is kept once', async () => {
  const refused = (...ids: string[]) =>
    applier(() => {
      throw new EventRefusedError('no')
    }).apply(messages(...ids), beginning)
  const again = () => tables.database.sql`update checkpoints set sequence = 0, message_id = null`
  await refused('a')
  await again()
  await refused('a')
  await again() // the stream was made anew: another message has the number
  await refused('b')
  expect((await listDeadLetters(tables.database, 0, 10)).map(({ sequence, message }) => [sequence, JSON.parse(message).id])).toEqual([
    [10, 'a'],
    [10, 'b'],
  ])
})

test('dead letters are applied again when somebody asks for it, each by itself', async () => {
  let refuses = ['a', 'b']
  const { apply, replay } = applier((event) => {
    if (refuses.includes(event.id)) throw new EventRefusedError('no')
  })
  const after = await apply(messages('a', 'b', 'c'), beginning)
  await replay(after)
  expect(await tallied()).toEqual(['c'])
  refuses = ['b']
  expect(await requestReplay(tables.database, 'all')).toBe(2)
  expect(await lanesToReplay(tables.database, 'tally')).toEqual([lane])
  await expect(replay(beginning)).rejects.toThrow(LaneLostError)
  await replay(after)
  expect(await tallied()).toEqual(['c', 'a'])
  const [left, ...others] = await listDeadLetters(tables.database, 0, 10)
  expect([left?.sequence, left?.replayRequestedAt, others]).toEqual([11, null, []])
  expect(await findDeadLetter(tables.database, left?.id ?? 0)).toEqual(left)
})

test('a reader that has lost the lane writes nothing', async () => {
  await applier().apply(messages('a'), beginning)
  await expect(applier().apply(messages('a', 'b'), beginning)).rejects.toThrow(LaneLostError)
  expect(await tallied()).toEqual(['a'])
})

/** One message with these events, as a line each. */
function manyEvents(...ids: string[]): LaneMessage {
  const lines = ids.map((id) => (id === 'broken' ? 'not JSON' : JSON.stringify(ringing(id, 'one').message)))
  return { subject: 'calls.5.call.events', sequence: 20, id: 'many', data: encode(lines.join('\n')), pending: 0 }
}

test('of a message of many events each is set aside by itself; the others are applied, and each can be tried again', async () => {
  let refuses = true
  const { apply, replay } = applier((event) => {
    if (refuses && event.id === 'b') throw Object.assign(new Error('refused'), { code: '23514' })
  })
  const after = await apply([manyEvents('a', 'b', 'broken', 'd')], beginning)
  expect([await checkpoint(), await tallied()]).toEqual([{ sequence: 20, messageId: 'many' }, ['a', 'd']])
  const letters = await listDeadLetters(tables.database, 0, 10)
  expect(letters.map(({ sequence, position }) => [sequence, position]).sort()).toEqual([
    [20, 1],
    [20, 2],
  ])
  refuses = false
  await requestReplay(tables.database, 'all')
  await replay(after)
  expect(await tallied()).toEqual(['a', 'd', 'b'])
  expect(await listDeadLetters(tables.database, 0, 10)).toMatchObject([{ position: 2, message: 'not JSON' }])
})

test('a failing statement of one event leaves the transaction usable for the others', async () => {
  const { apply } = applier()
  // Postgres stores no NUL in a text.
  const nul = JSON.stringify({ ...ringing('b', 'one').message, id: 'b\u0000' })
  const message = manyEvents('a', 'c')
  const data = encode(`${nul}\n${new TextDecoder().decode(message.data)}`)
  await apply([{ ...message, data }], beginning)
  expect(await tallied()).toEqual(['a', 'c'])
  expect(await listDeadLetters(tables.database, 0, 10)).toMatchObject([{ sequence: 20, position: 0 }])
})
