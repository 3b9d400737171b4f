import type { Operation } from '@carillon/call-flow/operation'
import { expect, test } from 'vitest'
import { type TranscriptName, transcript } from '../../../test/support/ari-transcript.ts'
import type { CarrierEvent } from '../../domain/carrier-event.ts'
import { readAriEvent } from './ari-event.ts'
import { advanceChannel, newChannel } from './channel.ts'
import type { Channel, ChannelCommand, ChannelInput, FoundChannel } from './channel-state.ts'

const id = 'call-1'

/** A channel that takes inputs, and keeps what came of them. */
function running({ amd = false, timeoutMs = 5_000 } = {}) {
  let channel: Channel = newChannel({ id, amd, timeoutMs }, 0)
  const reports: CarrierEvent[] = []
  const commands: ChannelCommand[] = []
  return {
    reports,
    commands,
    take(input: ChannelInput, atMs: number) {
      const step = advanceChannel(channel, input, atMs)
      channel = step.channel
      reports.push(...step.reports)
      commands.push(...step.commands)
    },
    perform(operation: object, atMs: number, media: string | null = 'sound:hello') {
      this.take({ type: 'perform', operation: operation as Operation, media, recordingId: `${id}.r1` }, atMs)
    },
    get channel() {
      return channel
    },
  }
}

interface Replay {
  amd?: boolean
  /** What is asked of the channel where the recording has a request. */
  asks?: Record<string, (call: ReturnType<typeof running>, atMs: number) => void>
}

/** Feeds a recorded call to a channel. */
function replay(name: TranscriptName, { amd = false, asks = {} }: Replay = {}) {
  const call = running({ amd })
  for (const line of transcript(name, id)) {
    if ('event' in line) {
      const event = readAriEvent(JSON.stringify(line.event))
      if (event) call.take({ type: 'event', event }, line.atMs)
    } else {
      const [, ask] = Object.entries(asks).find(([request]) => line.request.startsWith(request)) ?? []
      ask?.(call, line.atMs)
    }
  }
  return call
}

const hangUp = { [`DELETE /channels/${id}`]: (call: ReturnType<typeof running>, atMs: number) => call.take({ type: 'hang_up' }, atMs) }
const typesOf = ({ reports }: { reports: CarrierEvent[] }) => reports.map(({ type }) => type)
const endOf = ({ reports }: { reports: CarrierEvent[] }) => reports.at(-1)

test.for<[TranscriptName, object]>([
  ['busy', { sipStatus: 486, q850Cause: 17, ringTimeout: false }],
  ['reject', { sipStatus: 603, q850Cause: 21, ringTimeout: false }],
  ['nf', { sipStatus: 404, q850Cause: 1, ringTimeout: false }],
  ['s503', { sipStatus: 503, q850Cause: 34, ringTimeout: false }],
  ['unavail', { sipStatus: 480, q850Cause: 19, ringTimeout: false }],
  ['early183', { sipStatus: 486, q850Cause: 17, ringTimeout: false }],
  ['noanswer', { sipStatus: 480, q850Cause: 19, ringTimeout: true }],
])('a recorded call that ends as %s is reported with what the far end said', ([name, end]) => {
  const call = replay(name)
  expect(typesOf(call)).toEqual(['originated', 'ringing', 'ended'])
  expect(endOf(call)).toMatchObject({ type: 'ended', by: 'callee', ...end })
  expect(call.channel.phase).toBe('ended')
})

test('our hangup of a ringing call is reported as ours, and not as a ring timeout', () => {
  const call = replay('cancel-ringing', { asks: hangUp })
  expect(endOf(call)).toMatchObject({ type: 'ended', by: 'us', sipStatus: null, q850Cause: 16, ringTimeout: false })
  expect(call.commands).toEqual([{ type: 'hang_up' }])
})

test('a key interrupts the prompt, and is collected', () => {
  const asks = {
    [`POST /channels/${id}/play`]: (call: ReturnType<typeof running>, atMs: number) =>
      call.perform(
        { type: 'collect', operationId: 'p1', attempt: 1, minDigits: 1, maxDigits: 1, timeoutMs: 5_000, interDigitTimeoutMs: 2_000 },
        atMs,
      ),
    ...hangUp,
  }
  const call = replay('dtmf-bargein-hangup', { asks })
  expect(typesOf(call)).toEqual(['originated', 'ringing', 'answered', 'collected', 'ended'])
  expect(call.reports).toContainEqual({ type: 'collected', atMs: 4_150, operationId: 'p1', digits: '1', endedBy: 'complete' })
  expect(call.commands).toEqual([
    { type: 'play', playbackId: `${id}.p1`, media: 'sound:hello' },
    { type: 'stop_playback', playbackId: `${id}.p1` },
    { type: 'hang_up' },
  ])
  expect(call.channel.timerAtMs).toBeNull()
})

test('a callee who hangs up during a playback ends the call, and the playback has not failed', () => {
  const asks = {
    [`POST /channels/${id}/play`]: (call: ReturnType<typeof running>, atMs: number) =>
      call.perform({ type: 'play', operationId: 'p1', media: 'hello' }, atMs),
  }
  const call = replay('remotebye-during-play', { asks })
  expect(typesOf(call)).toEqual(['originated', 'ringing', 'answered', 'ended'])
  expect(endOf(call)).toMatchObject({ by: 'callee', sipStatus: null, q850Cause: null })
})

test('a recording is reported with its id and the time it took', () => {
  const asks = {
    [`POST /channels/${id}/record`]: (call: ReturnType<typeof running>, atMs: number) =>
      call.perform({ type: 'record', operationId: 'r', maxDurationMs: 3_000, terminator: '#', beep: false }, atMs, null),
    ...hangUp,
  }
  const call = replay('record', { asks })
  expect(call.reports).toContainEqual({
    type: 'recorded',
    atMs: 4_439,
    operationId: 'r',
    durationMs: 3_911,
    ok: true,
    recordingId: `${id}.r1`,
  })
})

test.for<[TranscriptName, string]>([
  ['amd-human', 'human'],
  ['amd-machine', 'machine'],
])('%s: it is known who answered when the detection is over, and the pick-up keeps its own time', ([name, answeredBy]) => {
  const call = replay(name, { amd: true, asks: hangUp })
  expect(call.commands).toEqual([{ type: 'detect' }, { type: 'hang_up' }])
  const answered = call.reports.find(({ type }) => type === 'answered')
  expect(answered).toMatchObject({ answeredBy, pickedUpAtMs: 507 })
  expect(answered?.atMs).toBeGreaterThan(1_900)
})

test('a callee who hangs up during the detection has answered', () => {
  const call = running({ amd: true })
  const lines = transcript('amd-human', id).filter((line) => 'event' in line && line.atMs < 600)
  for (const { event } of lines as { event: object }[]) {
    const read = readAriEvent(JSON.stringify(event))
    if (read) call.take({ type: 'event', event: read }, 507)
  }
  call.take({ type: 'event', event: { type: 'ChannelDestroyed', channelId: id, cause: null, techCause: null } }, 900)
  expect(typesOf(call)).toEqual(['originated', 'ringing', 'answered', 'ended'])
  expect(call.reports.at(-2)).toMatchObject({ answeredBy: 'unsure', pickedUpAtMs: 507 })
})

/** A call that was answered at 100. */
function answeredCall() {
  const call = running()
  call.take({ type: 'accepted' }, 0)
  call.take({ type: 'event', event: { type: 'ChannelStateChange', channelId: id, state: 'Up' } }, 100)
  call.take({ type: 'event', event: { type: 'StasisStart', channelId: id, args: ['dial'] } }, 100)
  return call
}

const collect = {
  type: 'collect',
  operationId: 'q',
  attempt: 1,
  minDigits: 1,
  maxDigits: 4,
  timeoutMs: 5_000,
  interDigitTimeoutMs: 2_000,
  terminator: '#',
}
const key = (digit: string): ChannelInput => ({ type: 'event', event: { type: 'ChannelDtmfReceived', channelId: id, digit } })
const promptIsOver: ChannelInput = {
  type: 'event',
  event: { type: 'PlaybackFinished', channelId: id, playbackId: `${id}.q`, state: 'done' },
}

test('the time for the first key counts from the end of the prompt, and for each further one from the one before', () => {
  const call = answeredCall()
  call.perform(collect, 200)
  expect(call.channel.timerAtMs).toBeNull()
  call.take(promptIsOver, 3_000)
  expect(call.channel.timerAtMs).toBe(8_000)
  call.take(key('7'), 7_000)
  expect(call.channel.timerAtMs).toBe(9_000)
  call.take({ type: 'timer' }, 9_000)
  expect(endOf(call)).toEqual({ type: 'collected', atMs: 9_000, operationId: 'q', digits: '7', endedBy: 'timeout' })
})

test('the terminator ends an entry and is not part of it', () => {
  const call = answeredCall()
  call.perform(collect, 200)
  for (const digit of '12#') call.take(key(digit), 300)
  expect(endOf(call)).toMatchObject({ digits: '12', endedBy: 'terminator' })
})

test('keys beside a question are ignored, and the end of another playback ends nothing', () => {
  const call = answeredCall()
  call.take(key('5'), 150)
  call.perform({ type: 'play', operationId: 'p', media: 'hello' }, 200)
  call.take(promptIsOver, 300)
  expect(endOf(call)).toMatchObject({ type: 'answered' })
  expect(call.channel.operation).toMatchObject({ type: 'playing' })
})

test('a prompt that cannot be had fails its playback, and a question listens without it', () => {
  const call = answeredCall()
  call.perform({ type: 'say', operationId: 's', text: 'hello' }, 200, null)
  expect(endOf(call)).toMatchObject({ type: 'played', operationId: 's', completedBy: 'failed' })
  call.perform(collect, 300, null)
  expect(call.channel.timerAtMs).toBe(5_300)
})

const found = (given: Partial<FoundChannel> = {}): ChannelInput => ({
  type: 'found',
  found: { isAnswered: true, answeredBy: null, isWaiting: true, isOperating: null, ...given },
})

test('an answer that was missed is made up for when the PBX is asked', () => {
  const call = running()
  call.take({ type: 'accepted' }, 0)
  call.take(found(), 2_000)
  expect(typesOf(call)).toEqual(['originated', 'answered'])
  const detecting = running({ amd: true })
  detecting.take({ type: 'accepted' }, 0)
  detecting.take(found({ answeredBy: 'machine' }), 2_000)
  expect(endOf(detecting)).toMatchObject({ type: 'answered', answeredBy: 'machine' })
})

test('a playback whose end was missed ends when the PBX is asked, and one that goes on is waited for', () => {
  const call = answeredCall()
  call.perform({ type: 'play', operationId: 'p', media: 'hello' }, 200)
  const { overdueAtMs } = call.channel
  call.take(found({ isOperating: true }), overdueAtMs)
  expect(call.channel.overdueAtMs).toBeGreaterThan(overdueAtMs)
  call.take(found({ isOperating: false }), overdueAtMs + 1_000)
  expect(endOf(call)).toMatchObject({ type: 'played', operationId: 'p', completedBy: 'finished' })
})

test('a channel that does nothing for too long is hung up, and one that is gone has ended', () => {
  const call = answeredCall()
  call.take(found(), call.channel.overdueAtMs - 1)
  expect(call.commands).toEqual([])
  call.take(found(), call.channel.overdueAtMs)
  expect(call.commands).toEqual([{ type: 'hang_up' }])
  call.take({ type: 'gone' }, 60_000)
  expect(endOf(call)).toMatchObject({ type: 'ended', by: 'us' })
  const reported = call.reports.length
  call.take({ type: 'gone' }, 61_000)
  expect(call.reports.length).toBe(reported)
})
