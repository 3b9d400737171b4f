import { subjectOf } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { AckPolicy, type ConsumerConfig } from 'nats'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type PullSubscription, pullSubscription } from '../src/messaging/pull-subscription.ts'
import { newIds, openStreams, type Streams } from './support/streams.ts'

const subject = subjectOf('CALLS', 0, 'call.ringing')
const consumer = 'pulled'
let streams: Streams
let pull: PullSubscription | undefined

beforeAll(async () => {
  streams = await openStreams()
})
afterEach(async () => {
  vi.useRealTimers()
  pull?.close()
  await streams.manager.consumers.delete('CALLS', consumer).catch(() => undefined)
  await streams.empty()
})
afterAll(() => streams.close())

async function subscribe(config: Partial<ConsumerConfig> = {}) {
  await streams.manager.consumers.add('CALLS', { durable_name: consumer, ack_policy: AckPolicy.None, ...config })
  const seen = { messages: [] as string[], expired: 0, failures: [] as string[] }
  pull = pullSubscription({
    connection: streams.connection,
    stream: 'CALLS',
    consumer,
    onMessage: (message) => seen.messages.push(message.headers?.get('Nats-Msg-Id') ?? ''),
    onExpired: () => seen.expired++,
    onFailure: (reason) => seen.failures.push(reason),
  })
  return { pull, seen }
}

test('as many messages arrive as were requested', async () => {
  const { pull, seen } = await subscribe()
  const ids = newIds(5)
  await streams.publish(subject, ids)
  pull.request(2)
  expect(pull.outstanding).toBe(2)
  await eventually(() => expect(seen.messages).toEqual(ids.slice(0, 2)))
  expect(pull.outstanding).toBe(0)
  pull.request(10)
  await eventually(() => expect(seen.messages).toEqual(ids))
  expect(pull.outstanding).toBe(7)
})

test('a request that the server cuts short is no longer outstanding, and is reported as expired', async () => {
  const { pull, seen } = await subscribe({ max_batch: 10 })
  pull.request(20)
  await eventually(() => expect(seen.expired).toBe(1))
  expect(pull.outstanding).toBe(0)
  expect(seen.failures).toEqual([])
})

test('a consumer that is deleted is a failure', async () => {
  const { pull, seen } = await subscribe()
  pull.request(1)
  await streams.connection.flush()
  await streams.manager.consumers.delete('CALLS', consumer)
  await eventually(() => expect(seen.failures).toEqual([expect.stringMatching(/^409 consumer deleted$/i)]))
})

test('a subscription is quiet if a request is open and three heartbeats are missing', async () => {
  const { pull } = await subscribe()
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.now() + 16_000)
  expect(pull.isQuiet()).toBe(false)
  pull.request(1)
  expect(pull.isQuiet()).toBe(false)
  vi.setSystemTime(Date.now() + 16_000)
  expect(pull.isQuiet()).toBe(true)
})

test('a host’s clock that is set back does not hide that a subscription is quiet', async () => {
  const { pull } = await subscribe()
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  pull.request(1)
  vi.advanceTimersByTime(16_000)
  vi.setSystemTime(Date.now() - 3_600_000)
  expect(pull.isQuiet()).toBe(true)
})
