import { eventually } from '@carillon/testing/eventually'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerForProgramApi, giveOrders, listenToCalls, openTestBridge, ordersInQueue, type TestBridge } from './support/fixture.ts'
import { menuFlow } from './support/flows.ts'
import { dialOrder } from './support/orders.ts'

let bridge: TestBridge
let calls: ReturnType<typeof listenToCalls>
beforeEach(async () => {
  bridge = await openTestBridge()
  calls = listenToCalls(bridge.service.deps)
})
afterEach(() => bridge.close())

const listed = '+212655555501'
const free = '+212655555502'
const give = (...orders: Parameters<typeof giveOrders>[1]) => giveOrders(bridge.service.deps, orders)
const askedFor = () => bridge.originates.map(({ channelId }) => channelId).toSorted()

test('the carrier is not asked for a number of the list, and the order is answered once, however often it comes', async () => {
  answerForProgramApi(bridge.service.deps, { flow: menuFlow }, new Set([listed]))
  await give(dialOrder('free', { to: free }), dialOrder('listed', { to: listed }))
  await calls.complete('free')
  expect(await calls.complete('listed')).toMatchObject([{ type: 'call.not_dialed', data: { seq: 1, reason: 'suppressed' } }])
  await give({ ...dialOrder('listed', { to: listed }), id: 'again' }, dialOrder('later', { to: free }))
  await calls.complete('later')
  expect(calls.of('listed')).toHaveLength(1)
  expect(askedFor()).toEqual(['free', 'later'])
  await eventually(async () => expect(await ordersInQueue(bridge.service.deps)).toBe(0))
})

test('while the list cannot be asked nobody is called, and the orders come again', async () => {
  const end = answerForProgramApi(bridge.service.deps, { flow: menuFlow })
  // The flow is known from now on.
  await give(dialOrder('before', { to: free }))
  await calls.complete('before')
  await end()
  await give(dialOrder('during', { to: free }))
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(askedFor()).toEqual(['before'])
  expect(calls.of('during')).toEqual([])
  answerForProgramApi(bridge.service.deps, { flow: menuFlow })
  await calls.complete('during')
  expect(askedFor()).toEqual(['before', 'during'])
})

test('a number that no list can hold does not spoil the question of the others', async () => {
  answerForProgramApi(bridge.service.deps, { flow: menuFlow }, new Set([listed]))
  await give(dialOrder('odd', { to: 'sip:amina@example.org' }), dialOrder('listed', { to: listed }), dialOrder('free', { to: free }))
  await Promise.all(['odd', 'listed', 'free'].map((callId) => calls.complete(callId)))
  expect(askedFor()).toEqual(['free', 'odd'])
})
