import { setTimeout as delay } from 'node:timers/promises'
import { laneFilter, subjectOf } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type LaneMessage,
  type LaneReader,
  type LaneReaderOptions,
  openLaneReader,
  ReaderInterruptedError,
} from '../src/messaging/lane-reader.ts'
import { newIds, openStreams, type Streams } from './support/streams.ts'

const subject = subjectOf('CALLS', 3, 'call.ringing')
let streams: Streams
let open: LaneReader[] = []

beforeAll(async () => {
  streams = await openStreams()
})
afterEach(async () => {
  for (const reader of open) await reader.close()
  open = []
  await streams.empty()
})
afterAll(() => streams.close())

async function reader(start: LaneReaderOptions['start'] = { afterSequence: 0 }): Promise<LaneReader> {
  const opened = await openLaneReader({ connection: streams.connection, stream: 'CALLS', filter: laneFilter('CALLS', 3), start })
  open.push(opened)
  return opened
}

async function read(from: LaneReader, count: number, limit = 4_000): Promise<LaneMessage[]> {
  const messages: LaneMessage[] = []
  await eventually(async () => {
    messages.push(...(await from.next(limit, 200, 0)))
    expect(messages).toHaveLength(count)
  })
  return messages
}

const idsOf = (messages: readonly LaneMessage[]) => messages.map((message) => message.id)

test('a lane is read in order, and other lanes are not', async () => {
  const ids = newIds(10)
  const sequences = await streams.publish(subject, ids)
  await streams.publish(subjectOf('CALLS', 4, 'call.ringing'), newIds(5))
  const messages = await read(await reader(), 10)
  expect(idsOf(messages)).toEqual(ids)
  expect(messages.map(({ sequence }) => sequence)).toEqual(sequences)
  expect(messages.map(({ pending }) => pending)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  expect(messages[0]?.subject).toBe(subject)
  expect(JSON.parse(new TextDecoder().decode(messages[0]?.data))).toEqual({ id: ids[0] })
})

test('reading starts after a sequence', async () => {
  const ids = newIds(5)
  const sequences = await streams.publish(subject, ids)
  expect(idsOf(await read(await reader({ afterSequence: sequences[2] ?? 0 }), 2))).toEqual(ids.slice(3))
})

test('reading starts at an instant', async () => {
  await streams.publish(subject, newIds(3))
  // Instants are read in milliseconds: the later messages must not share one with the earlier.
  await delay(5)
  const [sequence = 0] = await streams.publish(subject, ['first of the later ones'])
  const { time } = await streams.manager.streams.getMessage('CALLS', { seq: sequence })
  await streams.publish(subject, ['second'])
  expect(idsOf(await read(await reader({ atTime: time }), 2))).toEqual(['first of the later ones', 'second'])
})

test('a batch is no longer than its limit, and nothing is lost between batches', async () => {
  const ids = newIds(6_000)
  await streams.publish(subject, ids)
  const from = await reader()
  const read: string[] = []
  await eventually(async () => {
    const batch = await from.next(1_000, 500, 0)
    expect(batch.length).toBeLessThanOrEqual(1_000)
    read.push(...idsOf(batch))
    expect(read).toHaveLength(ids.length)
  })
  expect(read).toEqual(ids)
})

test('a batch gathers what arrives shortly after its first message', async () => {
  const from = await reader()
  const batch = from.next(3, 5_000, 5_000)
  const ids = newIds(3)
  for (const id of ids) await streams.publish(subject, [id])
  expect(idsOf(await batch)).toEqual(ids)
})

test('without a message, a batch is empty after the wait; a reader that is woken does not wait', async () => {
  const from = await reader()
  expect(await from.next(10, 50, 0)).toEqual([])
  const waiting = from.next(10, 60_000, 0)
  from.wake()
  expect(await waiting).toEqual([])
})

test('a reader whose consumer is gone asks for a new one', async () => {
  const from = await reader()
  // It is watched from the start: it may reject before the server has answered the deletion.
  const interrupted = expect(from.next(10, 10_000, 0)).rejects.toThrow(ReaderInterruptedError)
  for await (const { name } of streams.manager.consumers.list('CALLS')) await streams.manager.consumers.delete('CALLS', name)
  await interrupted
  await expect(from.next(10, 0, 0)).rejects.toThrow(ReaderInterruptedError)
})

test('a closed reader leaves no consumer behind', async () => {
  const from = await reader()
  await from.close()
  expect((await streams.manager.streams.info('CALLS')).state.consumer_count).toBe(0)
})
