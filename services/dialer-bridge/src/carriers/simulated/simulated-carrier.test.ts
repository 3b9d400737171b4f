import { compileFlow } from '@carillon/call-flow/compile'
import type { CallEvent } from '@carillon/contracts/call-events'
import { eventually } from '@carillon/testing/eventually'
import { expect, test } from 'vitest'
import { surveyFlow } from '../../../test/support/flows.ts'
import { dialOrder } from '../../../test/support/orders.ts'
import { advanceCall, beginCall, type Call, type CallStep } from '../../domain/call.ts'
import type { CarrierEvent } from '../../domain/carrier-event.ts'
import type { Carrier } from '../carrier.ts'
import { loadProfile } from '../configured-carrier.ts'
import { type CarrierProfile, readProfile } from './profile.ts'
import { simulatedCarrier } from './simulated-carrier.ts'

const startedAtMs = Date.parse('2025-12-20T09:00:00.000Z')
const realistic = loadProfile(new URL('../../../profiles/default.json', import.meta.url).pathname)
const flow = compileFlow(surveyFlow)

/** Platform time that passes `speed` times as fast as the process's. */
function clockOf(speed: number) {
  const beganAtMs = performance.now()
  return { speed, now: () => Math.floor(startedAtMs + (performance.now() - beganAtMs) * speed) }
}

/** Runs calls to these numbers on a simulated carrier. Returns the events of each call in order. */
async function run(profile: CarrierProfile, numbers: readonly string[], speed: number): Promise<Record<string, CallEvent[]>> {
  const calls = new Map<string, Call>()
  const events = new Map<string, CallEvent[]>()
  const carrier: Carrier = simulatedCarrier({ profile, seed: 7, clock: clockOf(speed), onEvent })

  function onEvent(channelId: string, event: CarrierEvent) {
    const call = calls.get(channelId)
    if (call) take(channelId, advanceCall(call, event))
  }

  function take(callId: string, step: CallStep) {
    calls.set(callId, step.call)
    events.get(callId)?.push(...step.events)
    if (step.command) void execute(callId, step.command)
  }

  function execute(callId: string, command: NonNullable<CallStep['command']>): Promise<void> {
    if (command.type === 'originate') return carrier.originate(command)
    return command.type === 'hangup' ? carrier.hangup(callId, command.reason) : carrier.perform(callId, command)
  }

  for (const to of numbers) {
    events.set(to, [])
    take(to, beginCall(dialOrder(to, { to }), flow, startedAtMs))
  }
  await eventually(() => expect([...calls].flatMap(([to, { endedAtMs }]) => (endedAtMs === null ? [to] : []))).toEqual([]))
  return Object.fromEntries(events)
}

/** The events of all calls, without the ids of recordings: they differ in every run. */
const told = (events: Record<string, CallEvent[]>) =>
  Object.entries(events)
    .sort()
    .map(([to, list]) => [to, list.map((event) => JSON.stringify(event).replaceAll(/"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"id"'))])

test('calls go the same way to the millisecond, at any speed and in any order', async () => {
  const numbers = Array.from({ length: 150 }, (_, index) => `+2126${index}`)
  const slow = await run(realistic, numbers, 200)
  const fast = await run(realistic, [...numbers].reverse(), 20_000)
  expect(told(fast)).toEqual(told(slow))
})

test('a call that lasts no time ends without a timer', async () => {
  const instant = await run(readProfile({}), ['+2126'], 1)
  const last = instant['+2126']?.at(-1)
  expect(last?.time).toBe(new Date(startedAtMs).toISOString())
})

function listening(profile: unknown, speed = 10_000) {
  const events: CarrierEvent[] = []
  const carrier = simulatedCarrier({
    profile: readProfile(profile),
    seed: 1,
    clock: clockOf(speed),
    onEvent: (_, event) => events.push(event),
  })
  const originate = () =>
    carrier.originate({
      channelId: 'a',
      from: '1',
      to: '2',
      attempt: 1,
      timeoutMs: 30_000,
      isTest: false,
      amd: true,
      requestedAtMs: startedAtMs,
    })
  const has = (type: CarrierEvent['type']) => eventually(() => expect(events.map((event) => event.type)).toContain(type))
  return { events, carrier, originate, has }
}

test('a second originate of a live channel is refused', async () => {
  const { carrier, originate } = listening({ ringMs: { min: 1_000, max: 1_000 } })
  await originate()
  await expect(originate()).rejects.toThrow('channel a is live already')
  expect([await carrier.lookup('a'), await carrier.lookup('b')]).toEqual(['live', 'gone'])
})

test('nothing is played into a channel that is not up', async () => {
  const { carrier } = listening({})
  await expect(carrier.perform('a', { type: 'play', operationId: '2', media: 'menu' })).rejects.toThrow('channel a is not up')
})

test('a hangup while it rings ends the call at once, and it is never answered', async () => {
  const { events, carrier, originate, has } = listening({ ringMs: { min: 5_000, max: 5_000 } }, 1)
  await originate()
  await has('ringing')
  await carrier.hangup('a', 'stop')
  await has('ended')
  expect(events.map(({ type }) => type)).toEqual(['originated', 'ringing', 'ended'])
  expect(events.at(-1)).toMatchObject({ by: 'us' })
  expect(await carrier.lookup('a')).toBe('gone')
})

test('a callee who hangs up during the detection is reported as unsure, and the call ends', async () => {
  const { events, carrier, originate, has } = listening({
    hangUp: { probability: 1, afterMs: { min: 500, max: 500 } },
    amd: { detectMs: { min: 2_000, max: 2_000 } },
    media: { defaultMs: 1_000 },
  })
  await originate()
  await has('answered')
  await carrier.perform('a', { type: 'play', operationId: '2', media: 'menu' })
  await has('ended')
  expect(events.slice(-2)).toEqual([
    { type: 'answered', atMs: startedAtMs + 500, pickedUpAtMs: startedAtMs, answeredBy: 'unsure' },
    { type: 'ended', atMs: startedAtMs + 500, by: 'callee', ringTimeout: false, sipStatus: null, q850Cause: 16 },
  ])
})

test('a callee whose script ends in hangup hangs up halfway through the next operation', async () => {
  const { events, carrier, originate, has } = listening({ numbers: { '2': ['answer:1;hangup'] }, media: { defaultMs: 4_000 } })
  await originate()
  await has('answered')
  await carrier.perform('a', {
    type: 'collect',
    operationId: '2.1',
    minDigits: 1,
    maxDigits: 1,
    timeoutMs: 1_000,
    interDigitTimeoutMs: 1_000,
    attempt: 1,
  })
  await has('collected')
  await carrier.perform('a', { type: 'play', operationId: '3', media: 'thanks' })
  await has('ended')
  expect(events.at(-1)).toMatchObject({ by: 'callee', atMs: startedAtMs + 2_000 })
  expect(events.filter(({ type }) => type === 'played')).toEqual([])
})
