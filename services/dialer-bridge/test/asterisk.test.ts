import { createLogger } from '@carillon/service-kit/process/logger'
import { createWatchdog } from '@carillon/service-kit/process/watchdog'
import { eventually } from '@carillon/testing/eventually'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asteriskCarrier } from '../src/carriers/asterisk/asterisk-carrier.ts'
import { pbx } from '../src/carriers/asterisk/pbx.ts'
import type { Carrier } from '../src/carriers/carrier.ts'
import type { CarrierEvent } from '../src/domain/carrier-event.ts'
import { type TranscriptName, transcript } from './support/ari-transcript.ts'
import { type FakeAri, openFakeAri } from './support/fake-ari.ts'

const id = 'call-1'
const logger = createLogger('test', 'silent')
const clock = { now: () => Date.now(), speed: 1 }
const request = {
  channelId: id,
  from: '+212500000001',
  to: '+212600000001',
  attempt: 1,
  isTest: false,
  timeoutMs: 5_000,
  amd: false,
  requestedAtMs: 0,
}

let fakes: FakeAri[] = []
let carrier: Carrier
let reports: (CarrierEvent & { channelId: string })[] = []

/** A carrier over so many PBXes that answer as a test says. */
async function openCarrier(count = 1): Promise<FakeAri[]> {
  fakes = await Promise.all(Array.from({ length: count }, openFakeAri))
  const watchdog = createWatchdog(new Registry())
  const options = { app: 'carillon-test', endpoint: 'PJSIP/{to}@carillon-trunk', clock, logger, watchdog, pingEveryMs: 200 }
  const onEvent = (channelId: string, event: CarrierEvent) => reports.push({ channelId, ...event })
  const pbxes = fakes.map(({ address }) => pbx({ ...options, address, onEvent, requestTimeoutMs: 300 }))
  carrier = asteriskCarrier(pbxes, async () => 'sound:hello')
  await isReady(true)
  return fakes
}

let fake: FakeAri
beforeEach(async () => {
  reports = []
  const [first] = await openCarrier()
  if (!first) throw new Error('no PBX')
  fake = first
})
afterEach(closeAll)

async function closeAll() {
  await carrier.close()
  await Promise.all(fakes.map((one) => one.close()))
}

const typesOf = (channelId = id) => reports.filter((report) => report.channelId === channelId).map(({ type }) => type)

async function isReady(expected: boolean) {
  await eventually(() => expect(carrier.isReady(false)).toBe(expected))
}

async function untilReported(...types: CarrierEvent['type'][]) {
  await eventually(() => expect(typesOf()).toEqual(types))
}

const channel = { id, state: 'Up' }
const dialing = { type: 'Dial', dialstatus: '', peer: { id } }
const answered = [
  { type: 'ChannelStateChange', channel },
  { type: 'StasisStart', args: ['dial'], channel },
]
const destroyed = { type: 'ChannelDestroyed', cause: 16, channel }

/** A call that was answered, and the PBX shows it so. */
async function answeredCall() {
  await carrier.originate(request)
  fake.channels.set(id, { id, state: 'Up', dialplan: { app_name: 'Stasis', app_data: 'carillon-test,dial' } })
  for (const event of [dialing, ...answered]) fake.send(event)
  await untilReported('originated', 'answered')
}

test.for<[TranscriptName, CarrierEvent['type'][]]>([
  ['busy', ['originated', 'ringing', 'ended']],
  ['remotebye-during-play', ['originated', 'ringing', 'answered', 'ended']],
  ['amd-machine', ['originated', 'ringing', 'answered', 'ended']],
])('the recorded call %s comes over the wire as it came from Asterisk', async ([name, types]) => {
  await carrier.originate({ ...request, amd: name.startsWith('amd') })
  for (const line of transcript(name, id)) if ('event' in line) fake.send(line.event)
  await untilReported(...types)
})

test('without a connection for events no call is placed', async () => {
  fake.acceptsSockets = false
  fake.dropSockets()
  await isReady(false)
  await expect(carrier.originate(request)).rejects.toThrow('No PBX is connected')
  expect(fake.requests).toEqual([])
  fake.acceptsSockets = true
  await isReady(true)
  await carrier.originate(request)
  expect(fake.channels.has(id)).toBe(true)
})

test('a PBX that answers nothing any more counts as not connected', async () => {
  fake.acceptsSockets = false
  fake.isSilent = true
  await isReady(false)
})

test('a connection that another process took over is opened again', async () => {
  fake.send({ type: 'ApplicationReplaced' })
  await eventually(() => expect(fake.isHeard).toBe(false))
  await isReady(true)
})

test('what ended while the connection was lost ends when it is back', async () => {
  await answeredCall()
  fake.dropSockets()
  fake.channels.delete(id)
  await untilReported('originated', 'answered', 'ended')
  expect(reports.at(-1)).toMatchObject({ by: 'carrier', q850Cause: null })
})

test('an answer that came while the connection was lost is reported when it is back', async () => {
  await carrier.originate(request)
  fake.send(dialing)
  await untilReported('originated')
  fake.dropSockets()
  fake.channels.set(id, { id, state: 'Up', dialplan: { app_name: 'Stasis', app_data: 'carillon-test,dial' } })
  await untilReported('originated', 'answered')
})

test('a playback that ended while the connection was lost ends when it is back', async () => {
  await answeredCall()
  await carrier.perform(id, { type: 'play', operationId: 'p', media: 'hello' })
  await eventually(() => expect(fake.requests).toContain(`POST /channels/${id}/play/${id}.p`))
  fake.dropSockets()
  await untilReported('originated', 'answered', 'played')
})

test('while Asterisk starts, its pages of HTML do not end calls', async () => {
  await answeredCall()
  fake.answer = () => ({ status: 404, html: '<html>Not Found</html>' })
  expect(await carrier.lookup(id)).toBe('unknown-yet')
  fake.dropSockets()
  await isReady(true)
  fake.requests.length = 0
  await eventually(() => expect(fake.requests.length).toBeGreaterThan(0))
  expect(typesOf()).toEqual(['originated', 'answered'])
  fake.answer = () => null
  expect(await carrier.lookup(id)).toBe('live')
  expect(await carrier.lookup('another')).toBe('gone')
})

test('an originate whose answer was lost is no refusal if the PBX has the channel', async () => {
  fake.answer = (asked) => {
    if (!asked.startsWith('POST')) return null
    fake.channels.set(id, { id, state: 'Ringing', dialplan: { app_name: 'AppDial2', app_data: '' } })
    return 'hang'
  }
  await carrier.originate(request)
  expect(typesOf()).toEqual(['originated'])
})

test('an originate that was not carried out is a refusal, and if it is carried out later the call is hung up', async () => {
  fake.answer = (asked) => (asked.startsWith('POST') ? 'hang' : null)
  await expect(carrier.originate(request)).rejects.toThrow('timeout')
  fake.channels.set(id, { id, state: 'Down', dialplan: { app_name: 'AppDial2', app_data: '' } })
  fake.send(dialing)
  await eventually(() => expect(fake.channels.has(id)).toBe(false))
  expect(reports).toEqual([])
})

test.for([
  [409, 'already exists'],
  [400, 'Endpoint not found'],
  [500, 'Allocation failed'],
] as const)('an originate that is answered with %i is refused, with what the PBX says', async ([status, message]) => {
  fake.answer = (asked) => (asked.startsWith('POST') ? { status, body: { message } } : null)
  await expect(carrier.originate(request)).rejects.toThrow(message)
  expect(reports).toEqual([])
  fake.answer = () => null
  await carrier.originate(request)
})

test('a playback that the PBX refuses has failed', async () => {
  await answeredCall()
  fake.answer = (asked) => (asked.includes('/play/') ? { status: 500, body: { message: 'Failed' } } : null)
  await carrier.perform(id, { type: 'play', operationId: 'p', media: 'hello' })
  await untilReported('originated', 'answered', 'played')
  expect(reports.at(-1)).toMatchObject({ completedBy: 'failed' })
})

test('a hangup ends the call, and one of a call that is gone is refused', async () => {
  await answeredCall()
  await carrier.hangup(id, 'done')
  await eventually(() => expect(fake.channels.has(id)).toBe(false))
  fake.send(destroyed)
  await untilReported('originated', 'answered', 'ended')
  expect(reports.at(-1)).toMatchObject({ by: 'us' })
  await expect(carrier.hangup(id, 'done')).rejects.toThrow('not live')
  await expect(carrier.perform(id, { type: 'play', operationId: 'p', media: 'hello' })).rejects.toThrow('not live')
})

test('calls are spread over the PBXes, one that is down gets none, and each is asked for a call that another process placed', async () => {
  await closeAll()
  const [first, second] = await openCarrier(2)
  if (!first || !second) throw new Error('no PBXes')
  await eventually(() => expect([first.isHeard, second.isHeard]).toEqual([true, true]))
  for (const channelId of ['a', 'b', 'c', 'd']) await carrier.originate({ ...request, channelId })
  expect([first.channels.size, second.channels.size]).toEqual([2, 2])
  second.channels.set('foreign', { id: 'foreign', state: 'Up', dialplan: { app_name: 'Stasis', app_data: '' } })
  expect(await carrier.lookup('foreign')).toBe('live')
  await carrier.hangup('foreign', 'lost')
  expect(second.channels.has('foreign')).toBe(false)
  first.acceptsSockets = false
  first.dropSockets()
  await eventually(() => expect(first.isHeard).toBe(false))
  await eventually(async () => {
    await carrier.originate({ ...request, channelId: `e${second.channels.size}` })
    expect(second.channels.size).toBeGreaterThan(3)
  })
  first.answer = () => ({ status: 503, html: 'starting' })
  expect(await carrier.lookup('nowhere')).toBe('unknown-yet')
})
