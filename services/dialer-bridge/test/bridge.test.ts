import { eventually } from '@carillon/testing/eventually'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerForProgramApi, giveOrders, listenToCalls, openTestBridge, ordersInQueue, type TestBridge } from './support/fixture.ts'
import { menuFlow, surveyFlow } from './support/flows.ts'
import { dialOrder, executionId } from './support/orders.ts'

let bridge: TestBridge
let calls: ReturnType<typeof listenToCalls>
const flows = { flow: menuFlow, survey: surveyFlow }

beforeAll(async () => {
  bridge = await openTestBridge({
    profile: {
      digits: { '1': 1 },
      numbers: { '6001': ['busy'], '6002': ['no_answer'], '6003': ['answer;hangup'], '6004': ['machine'] },
      sayMsPerCharacter: 100,
      media: { defaultMs: 2_000 },
      ringMs: { min: 3_000, max: 3_000 },
      record: { minMs: 4_000, maxMs: 4_000 },
      amd: { detectMs: { min: 1_000, max: 1_000 } },
    },
    service: { clock: { speed: 2_000 } },
  })
  calls = listenToCalls(bridge.service.deps)
  answerForProgramApi(bridge.service.deps, flows)
})
afterAll(() => bridge.close())

const give = (...orders: Parameters<typeof giveOrders>[1]) => giveOrders(bridge.service.deps, orders)
const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type)

describe('an order in test mode', () => {
  test('marks the beginning and the end of its call, and the carrier is told', async () => {
    await give(dialOrder('in-test-mode', { test: true }), dialOrder('in-live-mode'))
    const [inTest, inLive] = [await calls.complete('in-test-mode'), await calls.complete('in-live-mode')]
    expect([inTest.at(0)?.data, inTest.at(-1)?.data]).toMatchObject([{ test: true }, { test: true }])
    for (const { data } of inLive) expect(data).not.toHaveProperty('test')
    const asked = bridge.originates.filter(({ channelId }) => channelId.endsWith('-mode'))
    expect(asked.map(({ channelId, isTest }) => [channelId, isTest]).sort()).toEqual([
      ['in-live-mode', false],
      ['in-test-mode', true],
    ])
  })
})

describe('an order', () => {
  test('becomes a call whose events are complete, in order and without gaps', async () => {
    await give(dialOrder('answered'))
    const events = await calls.complete('answered')
    expect(typesOf(events)).toEqual([
      'call.started',
      'call.dialed',
      'call.ringing',
      'call.answered',
      'node.executed',
      'node.executed',
      'node.executed',
      'node.executed',
      'node.executed',
      'call.ended',
    ])
    expect(events.map(({ data }) => data.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(new Set(events.map(({ correlationId }) => correlationId))).toEqual(new Set([executionId]))
    // Greeting of 19 characters, prompt and thanks.
    expect(events.at(-1)).toMatchObject({ data: { outcome: 'completed', flowOutcome: 'completed', durationMs: 1_900 + 2_000 + 2_000 } })
    const journaled = await bridge.service.database.sql`select state, last_seq, dial_order from dial_journal where call_id = 'answered'`
    expect([...journaled]).toEqual([{ state: 'ended', last_seq: 10, dial_order: null }])
  })

  test.each([
    ['6001', 'busy', 'failed', null],
    ['6002', 'no_answer', 'failed', null],
    ['6003', 'completed', 'abandoned', 950],
    ['6004', 'completed', 'completed', 1_900 + 2_000 + 5_000],
  ])('for %s ends as %s, its flow as %s, after %s ms', async (to, outcome, flowOutcome, durationMs) => {
    await give(dialOrder(`call to ${to}`.replaceAll(' ', '-'), { to }))
    const events = await calls.complete(`call-to-${to}`)
    expect(events.at(-1)).toMatchObject({ data: { outcome, flowOutcome, durationMs } })
    expect(events.map(({ data }) => data.seq)).toEqual(events.map((_, index) => index + 1))
  })

  test('for another flow runs every type of node', async () => {
    await give(dialOrder('survey', { flowId: 'survey' }))
    const events = await calls.complete('survey')
    const nodes = events.flatMap((event) => (event.type === 'node.executed' ? [`${event.data.nodeType} ${event.data.outputPath}`] : []))
    expect(nodes).toEqual([
      'dial onAnswer',
      'answer onComplete',
      'condition branch_1',
      'set_variable onComplete',
      'say onComplete',
      'record onComplete',
      'hangup terminated',
    ])
    expect(events.at(-1)).toMatchObject({ data: { durationMs: 1_000 + 2_200 + 4_000, finalVariables: { asked: 'credit 2500' } } })
  })

  test('that a machine answers is voicemail if detection was asked for', async () => {
    await give(dialOrder('machine', { to: '6004', amd: true }))
    expect((await calls.complete('machine')).at(-1)).toMatchObject({ data: { outcome: 'voicemail' } })
  })

  test('that comes three times is dialed once', async () => {
    const order = dialOrder('thrice')
    await give(order, order)
    await calls.complete('thrice')
    await give(order)
    await eventually(async () => expect(await ordersInQueue(bridge.service.deps)).toBe(0))
    expect(bridge.originates.filter(({ channelId }) => channelId === 'thrice')).toHaveLength(1)
    expect(calls.of('thrice').filter(({ type }) => type === 'call.started')).toHaveLength(1)
  })

  test('that comes too late is reported as not dialed, and the carrier is not asked', async () => {
    await give(dialOrder('late', { notAfter: '2020-01-01T00:00:00.000Z' }))
    expect(await calls.complete('late')).toMatchObject([{ type: 'call.not_dialed', data: { seq: 1, reason: 'expired' } }])
    expect(bridge.originates.filter(({ channelId }) => channelId === 'late')).toEqual([])
  })

  test('for a flow that does not exist fails without a call', async () => {
    await give(dialOrder('flowless', { flowId: 'none' }))
    const events = await calls.complete('flowless')
    expect(typesOf(events)).toEqual(['call.started', 'call.ended'])
    expect(events[1]).toMatchObject({ data: { outcome: 'failed', outcomeReason: 'The flow version does not exist', dialNodeId: null } })
    expect(bridge.originates.filter(({ channelId }) => channelId === 'flowless')).toEqual([])
  })
})

test.each([
  ['not JSON', 'dial, please'],
  ['not the schema’s', JSON.stringify({ type: 'dial' })],
  ['without an owner', JSON.stringify(dialOrder('ownerless', { executionId: null }))],
  ['of an unusable call id', JSON.stringify(dialOrder('a\tb'))],
  ['of an unreadable notAfter', JSON.stringify(dialOrder('when', { notAfter: 'soon' }))],
])('an order that is %s is set aside and does not hold up others', async (what, text) => {
  const count = async () => (await bridge.service.database.sql`select error from dead_letters where projection = 'dial-orders'`).length
  const before = await count()
  const next = `after-${what.replaceAll(/\W/g, '-')}`
  await give(text, dialOrder(next))
  await calls.complete(next)
  await eventually(async () => expect(await count()).toBe(before + 1))
  await eventually(async () => expect(await ordersInQueue(bridge.service.deps)).toBe(0))
})

test('where calls reach people, a test number is dialed in test mode only', async () => {
  const real = await openTestBridge({ reachesPeople: true })
  const heard = listenToCalls(real.service.deps)
  const stop = answerForProgramApi(real.service.deps, flows)
  const to = '+447700900001'
  await giveOrders(real.service.deps, [dialOrder('live', { to }), dialOrder('test', { to, test: true })])
  const [live] = [await heard.complete('live'), await heard.complete('test')]
  expect(live.map(({ type }) => type)).toEqual(['call.started', 'call.ended'])
  expect(live.at(-1)?.data).toMatchObject({
    outcome: 'failed',
    outcomeReason: 'A test number is dialed in test mode only',
    retryPointless: true,
    durationMs: null,
  })
  expect(real.originates.map(({ channelId }) => channelId)).toEqual(['test'])
  await stop()
  await real.close()
})
