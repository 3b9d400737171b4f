import { subjectOf } from '@carillon/contracts/streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rewindMs, startOf } from '../src/messaging/stream-position.ts'
import { newIds, openStreams, type Streams } from './support/streams.ts'

let streams: Streams
const ids = newIds(6)

/** Sequences 1 to 6, of which retention took 1 and 2 and somebody deleted 4. */
beforeAll(async () => {
  streams = await openStreams()
  await streams.publish(subjectOf('CALLS', 0, 'call.ringing'), ids)
  await streams.manager.streams.purge('CALLS', { seq: 3 })
  await streams.manager.streams.deleteMessage('CALLS', 4)
})
afterAll(() => streams.close())

const messageId = (sequence: number) => ids[sequence - 1] ?? ''
const writtenAt = new Date('2026-01-01T10:00:00Z')
const start = (sequence: number, id = messageId(sequence)) =>
  startOf(streams.connection, 'CALLS', { sequence, messageId: id }, async () => writtenAt)

test.each([
  ['at the beginning', 0],
  ['at a message that is still there', 3],
  ['at the last message', 6],
  ['before the first message that the stream still holds', 1],
])('a checkpoint %s is where reading goes on', async (_case, sequence) => {
  expect(await start(sequence)).toEqual({ afterSequence: sequence })
})

test.each([
  ['behind the last message', 7, 'lost'],
  ['at a message that has another id', 5, 'lost'],
  ['at a message that is missing within the stream', 4, messageId(4)],
])(
  'with a checkpoint %s, the stream lost messages and is read again from before the checkpoint was written',
  async (_case, sequence, id) => {
    expect(await start(sequence, id)).toEqual({ atTime: new Date(writtenAt.getTime() - rewindMs), rewound: true })
  },
)

test('a message that is missing within a work queue was carried out', async () => {
  const orders = newIds(3)
  const sequences = await streams.publish(subjectOf('DIAL', 0, 'dial'), orders)
  const at = (index: number, messageId = orders[index] ?? '') =>
    startOf(streams.connection, 'DIAL', { sequence: sequences[index] ?? 0, messageId }, async () => writtenAt)
  await streams.manager.streams.deleteMessage('DIAL', sequences[1] ?? 0)
  expect(await at(1)).toEqual({ afterSequence: sequences[1] })
  expect(await at(2)).toEqual({ afterSequence: sequences[2] })
  expect(await at(2, 'another')).toMatchObject({ rewound: true })
})
