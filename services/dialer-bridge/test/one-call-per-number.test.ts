import { toIso } from '@carillon/contracts/instant'
import { type TestDatabase, testDatabase } from '@carillon/testing/database'
import { eventually } from '@carillon/testing/eventually'
import { type TestNats, testNats } from '@carillon/testing/nats'
import { otherOrganizationId } from '@carillon/testing/test-service'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { OriginateRequest } from '../src/domain/carrier-command.ts'
import { answerForProgramApi, giveOrders, listenToCalls, openTestBridge, ordersInQueue, type TestBridge } from './support/fixture.ts'
import { menuFlow } from './support/flows.ts'
import { dialOrder } from './support/orders.ts'

let database: TestDatabase
let nats: TestNats
let calls: ReturnType<typeof listenToCalls>
let originates: OriginateRequest[] = []
const open: TestBridge[] = []

/** Everybody is called for a second before they answer. */
const slow = { digits: { '1': 1 }, ringMs: { min: 1_000, max: 1_000 } }

beforeAll(async () => {
  database = await testDatabase('dialer-bridge')
  nats = await testNats()
})
afterEach(async () => {
  for (const bridge of open.splice(0)) await bridge.close()
  originates = []
})
afterAll(async () => {
  await nats.close()
  await database.drop()
})

async function start(count = 1): Promise<TestBridge> {
  for (let index = 0; index < count; index++) {
    open.push(await openTestBridge({ service: { database, nats }, profile: slow, originates }))
  }
  const [first] = open
  if (!first) throw new Error('no bridge')
  calls = listenToCalls(first.service.deps)
  answerForProgramApi(first.service.deps, { flow: menuFlow })
  return first
}

const give = (...orders: Parameters<typeof giveOrders>[1]) => giveOrders({ nats: nats.connection }, orders)
const askedFor = (callId: string) => originates.some(({ channelId }) => channelId === callId)
const person = '+212655555555'

/** When a call began and ended, epoch milliseconds. */
async function spanOf(callId: string): Promise<[number, number]> {
  const events = await calls.complete(callId)
  expect(events.map(({ data }) => data.seq)).toEqual(events.map((_, index) => index + 1))
  return [Date.parse(events[0]?.time ?? ''), Date.parse(events.at(-1)?.time ?? '')]
}

test.each([1, 2])('of several orders for one number, %i bridges dial one at a time, and the others do not wait', async (bridges) => {
  await start(bridges)
  const ids = ['one', 'two', 'three'].map((name) => `${name}-of-${bridges}`)
  const other = `other-of-${bridges}`
  await give(...ids.map((id) => dialOrder(id, { to: person })), dialOrder(other, { to: '+212655555556' }))

  const [otherBegan] = await spanOf(other)
  const spans = (await Promise.all(ids.map(spanOf))).sort(([a], [b]) => a - b)
  for (const [index, [began]] of spans.entries()) expect(began).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? 0)
  expect(otherBegan).toBeLessThan(spans[0]?.[1] ?? 0)
  expect(originates.map(({ channelId }) => channelId).sort()).toEqual([...ids, other].sort())
  await eventually(async () => expect(await ordersInQueue({ nats: nats.connection })).toBe(0))
})

test('an order whose number has a call until it is too late expires, and the carrier is not asked', async () => {
  await start()
  await give(dialOrder('holder', { to: person }))
  await eventually(() => expect(askedFor('holder')).toBe(true))
  await give(dialOrder('too-late', { to: person, notAfter: toIso(Date.now() + 500) }))

  expect(await calls.complete('too-late')).toMatchObject([{ type: 'call.not_dialed', data: { reason: 'expired' } }])
  expect(calls.of('holder').at(-1)?.type).toBe('call.ringing')
  expect(askedFor('too-late')).toBe(false)
  await calls.complete('holder')
})

test('another organization may call the same number meanwhile', async () => {
  await start()
  await give(dialOrder('ours', { to: person }), { ...dialOrder('theirs', { to: person }), organizationId: otherOrganizationId })
  await eventually(() => expect([askedFor('ours'), askedFor('theirs')]).toEqual([true, true]))
  const [[began], [, ended]] = [await spanOf('theirs'), await spanOf('ours')]
  expect(began).toBeLessThan(ended)
})

test('orders that wait for their number do not take the channels of others', async () => {
  const bridge = await start()
  await give(dialOrder('long', { to: person }))
  await eventually(() => expect(askedFor('long')).toBe(true))
  await give(...Array.from({ length: 150 }, (_, index) => dialOrder(`queue-${index}`, { to: person, notAfter: toIso(Date.now() + 800) })))
  await give(dialOrder('free', { to: '+212655555557' }))
  await calls.complete('free')
  await calls.complete('long')
  for (let index = 0; index < 150; index++) await calls.complete(`queue-${index}`)
  await eventually(async () => expect(await ordersInQueue(bridge.service.deps)).toBe(0))
})
