import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@carillon/service-kit/process/logger'
import { eventually } from '@carillon/testing/eventually'
import { type TestNats, testNats } from '@carillon/testing/nats'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerForProgramApi, giveOrders, listenToCalls, ordersInQueue } from './support/fixture.ts'
import { menuFlow } from './support/flows.ts'
import { dialOrder } from './support/orders.ts'

let nats: TestNats
let stack: TestStack
const dir = mkdtempSync(join(tmpdir(), 'carrier-profiles-'))

/** +212611…: rings and is never answered. The others answer, and the greeting takes a minute. */
const profile = {
  outcomes: { answer: 1 },
  sayMsPerCharacter: 4_000,
  ringMs: { min: 50, max: 50 },
  numbers: { '+212611111111': ['no_answer'] },
}

beforeAll(async () => {
  nats = await testNats()
  const profilePath = join(dir, 'patient.json')
  writeFileSync(profilePath, JSON.stringify(profile))
  stack = await testStack({
    only: ['dialer-bridge'],
    natsUrl: nats.url,
    carrier: { profilePath, seed: 7 },
    extraEnvironment: { 'dialer-bridge': { BRIDGE_STALE_MS: '1000' } },
  })
  answerForProgramApi({ nats: nats.connection, logger: createLogger('test', 'silent') }, { flow: menuFlow })
})
afterAll(async () => {
  await stack.close()
  await nats.close()
  rmSync(dir, { recursive: true })
})

const originates = () =>
  readFileSync(stack.originatesPath, 'utf8')
    .trim()
    .split('\n')
    .map((line): { callId: string; to: string; attempt: number } => JSON.parse(line))

test('every call of a bridge that is killed ends as lost, and is never dialed again', async () => {
  const connected = { nats: nats.connection }
  const calls = listenToCalls(connected)
  const orders = [dialOrder('talking'), dialOrder('ringing', { to: '+212611111111' })]
  await giveOrders(connected, orders)
  await eventually(() => expect(calls.of('talking').at(-1)).toMatchObject({ type: 'node.executed', data: { seq: 5 } }))
  await eventually(() => expect(calls.of('ringing').at(-1)).toMatchObject({ type: 'call.ringing' }))

  const bridge = stack.services['dialer-bridge']
  await bridge.kill()
  await bridge.restart()
  await giveOrders(connected, orders)

  const talking = (await calls.complete('talking')).at(-1)
  expect(talking).toMatchObject({ data: { seq: 6, outcome: 'failed', outcomeReason: 'lost', flowOutcome: 'failed', dialNodeId: 'dial' } })
  expect(talking?.type === 'call.ended' && talking.data.durationMs).toBeGreaterThanOrEqual(0)
  const ringing = (await calls.complete('ringing')).at(-1)
  expect(ringing).toMatchObject({ data: { seq: 4, outcome: 'failed', outcomeReason: 'lost', answeredAt: null, durationMs: null } })

  await eventually(async () => expect(await ordersInQueue(connected)).toBe(0))
  expect(originates().map(({ callId }) => callId)).toEqual(['talking', 'ringing'])
})

test('a process with an unusable profile ends at its start', async () => {
  const bridge = stack.services['dialer-bridge']
  const path = join(dir, 'bad.json')
  writeFileSync(path, JSON.stringify({ ringMs: { min: -1 } }))
  await expect(bridge.restart({ SIMULATED_CARRIER_PROFILE: path })).rejects.toThrow()
  expect(readFileSync(bridge.logPath, 'utf8')).toContain('/ringMs/min: Expected integer to be greater or equal to 0')
})
