import { subjectOf } from '@carillon/contracts/streams'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type OutgoingMessage, type StreamPublisher, streamPublisher } from '../src/messaging/stream-publisher.ts'
import { newIds, openStreams, type Streams } from './support/streams.ts'

const subject = subjectOf('CALLS', 0, 'call.ringing')
let streams: Streams
let publisher: StreamPublisher

beforeAll(async () => {
  streams = await openStreams()
  publisher = streamPublisher(streams.connection)
})
afterEach(() => streams.empty())
afterAll(async () => {
  publisher.close()
  await streams.close()
})

const messages = (ids: readonly string[]): OutgoingMessage[] => ids.map((id) => ({ subject, id, payload: `{"id":"${id}"}` }))

test('messages are stored in order, and each sequence belongs to its message', async () => {
  const ids = newIds(1_500)
  const sequences = await publisher.publish(messages(ids))
  const first = sequences[0] ?? 0
  expect(sequences).toEqual(ids.map((_, index) => first + index))
  for (const index of [0, 511, 512, 1_499]) {
    const stored = await streams.manager.streams.getMessage('CALLS', { seq: first + index })
    expect([stored.header.get('Nats-Msg-Id'), stored.string()]).toEqual([ids[index], `{"id":"${ids[index]}"}`])
  }
})

test('a message that is published again is not stored again, and its sequence is the first one', async () => {
  const ids = newIds(3)
  const first = await publisher.publish(messages(ids))
  expect(await publisher.publish(messages(ids))).toEqual(first)
  expect((await streams.manager.streams.info('CALLS')).state.messages).toBe(3)
})

test('publishing nothing resolves at once', async () => {
  expect(await publisher.publish([])).toEqual([])
})

test('a subject that no stream takes is refused', async () => {
  await expect(publisher.publish([{ subject: 'nowhere', id: 'x', payload: '{}' }])).rejects.toThrow('no stream takes this subject')
})

test('the server’s refusal is the reason of the rejection, and publishing can go on', async () => {
  await streams.manager.streams.add({ name: 'SMALL', subjects: ['small'], max_msg_size: 100 })
  await expect(publisher.publish([{ subject: 'small', id: 'x', payload: 'x'.repeat(200) }])).rejects.toThrow(/message size exceeds/)
  expect(await publisher.publish([{ subject: 'small', id: 'x', payload: 'x' }])).toEqual([1])
})

test('a stream that does not acknowledge is a timeout', async () => {
  await streams.manager.streams.add({ name: 'SILENT', subjects: ['silent'], no_ack: true })
  const impatient = streamPublisher(streams.connection, 100)
  await expect(impatient.publish([{ subject: 'silent', id: 'x', payload: '{}' }])).rejects.toThrow('no acknowledgement within 100 ms')
  impatient.close()
})
