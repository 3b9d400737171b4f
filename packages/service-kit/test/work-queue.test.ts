import { subjectOf } from '@carillon/contracts/streams'
import { eventually } from '@carillon/testing/eventually'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openWorkQueue, type QueuedOrder, type WorkQueue } from '../src/messaging/work-queue.ts'
import { newIds, openStreams, type Streams } from './support/streams.ts'

const subject = subjectOf('DIAL', 0, 'dial')
const durable = 'test'
let streams: Streams
let open: WorkQueue[] = []

beforeAll(async () => {
  streams = await openStreams()
})
afterEach(async () => {
  for (const queue of open) queue.close()
  open = []
  await streams.manager.consumers.delete('DIAL', durable)
  await streams.empty()
})
afterAll(() => streams.close())

async function replica(ackWaitMs = 30_000): Promise<WorkQueue> {
  const queue = await openWorkQueue({ connection: streams.connection, stream: 'DIAL', durable, ackWaitMs })
  open.push(queue)
  return queue
}

const idOf = ({ data }: QueuedOrder): string => JSON.parse(new TextDecoder().decode(data)).id
const sorted = (ids: readonly string[]) => [...ids].sort()

/** Takes orders until `count` are there. */
async function take(queue: WorkQueue, count: number, room = count): Promise<QueuedOrder[]> {
  const taken: QueuedOrder[] = []
  await eventually(async () => {
    taken.push(...(await queue.next(room - taken.length, 200)))
    expect(taken).toHaveLength(count)
  })
  return taken
}

async function unfinished(): Promise<number> {
  return (await streams.manager.streams.info('DIAL')).state.messages
}

test('an order comes with its subject and sequence, and an acknowledged one leaves the stream', async () => {
  const ids = newIds(3)
  const sequences = await streams.publish(subject, ids)
  const orders = await take(await replica(), 3)
  expect(orders.map((order) => [idOf(order), order.subject, order.sequence])).toEqual(
    ids.map((id, index) => [id, subject, sequences[index]]),
  )
  for (const order of orders) order.ack()
  await eventually(async () => expect(await unfinished()).toBe(0))
})

test('a replica gets no more orders than it has room for; the others go to another replica', async () => {
  const [small, large] = [await replica(), await replica()]
  const ids = newIds(20)
  await streams.publish(subject, ids)
  const first = await take(small, 5)
  const rest = await take(large, 15, 100)
  expect(await small.next(0, 100)).toEqual([])
  expect(sorted([...first, ...rest].map(idOf))).toEqual(sorted(ids))
})

test('replicas share orders that arrive while they wait, and each order goes to one of them', async () => {
  const queues = [await replica(), await replica()]
  const waiting = queues.map((queue) => queue.next(10, 5_000))
  const ids = newIds(30)
  await streams.publish(subject, ids)
  const taken = (await Promise.all(waiting)).flat()
  await eventually(async () => {
    for (const queue of queues) taken.push(...(await queue.next(10, 50)))
    expect(sorted(taken.map(idOf))).toEqual(sorted(ids))
  })
})

test('an order that is not acknowledged in time is delivered again, to any replica', async () => {
  const ids = newIds(2)
  const first = await replica(500)
  await streams.publish(subject, ids)
  const orders = await take(first, 2)
  orders[0]?.ack()
  const again = await take(await replica(500), 1, 10)
  expect(again.map(idOf)).toEqual([ids[1]])
  again[0]?.ack()
  await eventually(async () => expect(await unfinished()).toBe(0))
})

test('orders of a replica that closed without acknowledging them go to the next one', async () => {
  const ids = newIds(3)
  await streams.publish(subject, ids)
  const first = await replica(500)
  await take(first, 3)
  first.close()
  const orders = await take(await replica(500), 3)
  expect(sorted(orders.map(idOf))).toEqual(sorted(ids))
})

test('an order that is given back is delivered again at once, or after a delay', async () => {
  const ids = newIds(2)
  await streams.publish(subject, ids)
  const queue = await replica()
  const [first, second] = await take(queue, 2)
  expect(first?.deliveries).toBe(1)
  const givenBackAtMs = performance.now()
  second?.giveBack(700)
  first?.giveBack()
  const [again] = await take(await replica(), 1)
  expect([again?.sequence, again?.deliveries]).toEqual([first?.sequence, 2])
  expect(performance.now() - givenBackAtMs).toBeLessThan(600)
  const [later] = await take(queue, 1)
  expect(later?.sequence).toBe(second?.sequence)
  expect(performance.now() - givenBackAtMs).toBeGreaterThan(600)
})

test('a queue that closes gives back at once the orders that nobody has taken from it', async () => {
  const ids = newIds(40)
  await streams.publish(subject, ids.slice(0, 20))
  const closing = await replica()
  const taken = await take(closing, 20, 1_000)
  for (const order of taken) order.ack()
  // Its request for a thousand orders is still open. These arrive, and lie in its buffer or are on their way when it closes.
  await streams.publish(subject, ids.slice(20))
  closing.close()
  const next = await replica()
  const received = new Set<string>()
  await eventually(async () => {
    for (const order of await next.next(1_000, 200)) received.add(idOf(order))
    expect(sorted([...received])).toEqual(sorted(ids.slice(20)))
  })
})

test('a queue whose consumer was deleted goes on when a replica has created it again', async () => {
  const queue = await replica()
  expect(await queue.next(10, 50)).toEqual([])
  await streams.manager.consumers.delete('DIAL', durable)
  await replica()
  const ids = newIds(4)
  await streams.publish(subject, ids)
  const orders = await take(queue, 4, 10)
  expect(orders.map(idOf)).toEqual(ids)
})

test('a waiting queue can be woken', async () => {
  const queue = await replica()
  const waiting = queue.next(1, 60_000)
  queue.wake()
  expect(await waiting).toEqual([])
})
