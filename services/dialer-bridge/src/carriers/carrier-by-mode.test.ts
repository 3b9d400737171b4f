import type { Operation } from '@carillon/call-flow/operation'
import { expect, test } from 'vitest'
import type { OriginateRequest } from '../domain/carrier-command.ts'
import type { Carrier, CarrierListener } from './carrier.ts'
import { carrierByMode } from './carrier-by-mode.ts'

const request = (channelId: string, isTest: boolean): OriginateRequest => ({
  channelId,
  from: '+212500000001',
  to: '+212600000001',
  attempt: 1,
  isTest,
  timeoutMs: 30_000,
  amd: false,
  requestedAtMs: 0,
})
const play: Operation = { type: 'play', media: 'welcome', operationId: 'o1' } as Operation
const ended = { type: 'ended', atMs: 1, by: 'us', sipStatus: null, q850Cause: 16, ringTimeout: false } as const

/** Two carriers that write down what they are asked. `refuses` makes the test carrier refuse calls. */
function recorded({ refuses = false } = {}) {
  const asked: string[] = []
  const listeners: Record<string, CarrierListener> = {}
  const recording =
    (name: string) =>
    (onEvent: CarrierListener): Carrier => {
      listeners[name] = onEvent
      const note = async (what: string) => void asked.push(`${name}: ${what}`)
      return {
        isReady: (isTest) => isTest === (name === 'test'),
        async originate({ channelId }) {
          await note(`originate ${channelId}`)
          if (refuses && name === 'test') throw new Error('refused')
        },
        perform: (channelId) => note(`perform ${channelId}`),
        hangup: (channelId) => note(`hangup ${channelId}`),
        async lookup(channelId) {
          await note(`lookup ${channelId}`)
          return 'gone'
        },
        close: () => note('close'),
      }
    }
  const heard: string[] = []
  const carrier = carrierByMode(recording('live'), recording('test'))((channelId, { type }) => heard.push(`${channelId} ${type}`))
  return { carrier, asked, heard, listeners }
}

test('each call goes to the carrier of its mode, with everything that concerns it', async () => {
  const { carrier, asked } = recorded()
  await carrier.originate(request('a', true))
  await carrier.originate(request('b', false))
  for (const id of ['a', 'b']) {
    await carrier.perform(id, play)
    await carrier.lookup(id)
    await carrier.hangup(id, 'enough')
  }
  expect(asked).toEqual([
    'test: originate a',
    'live: originate b',
    'test: perform a',
    'test: lookup a',
    'test: hangup a',
    'live: perform b',
    'live: lookup b',
    'live: hangup b',
  ])
})

test('both carriers are heard, and a test call that has ended is forgotten', async () => {
  const { carrier, asked, heard, listeners } = recorded()
  await carrier.originate(request('a', true))
  listeners.live?.('b', ended)
  listeners.test?.('a', ended)
  expect(heard).toEqual(['b ended', 'a ended'])
  await carrier.lookup('a')
  expect(asked.at(-1)).toBe('live: lookup a')
})

test('a test call that is refused is forgotten, unless its channel was live before', async () => {
  const refused = recorded({ refuses: true })
  await expect(refused.carrier.originate(request('a', true))).rejects.toThrow('refused')
  await refused.carrier.lookup('a')
  expect(refused.asked.at(-1)).toBe('live: lookup a')
})

test('closing it closes both', async () => {
  const { carrier, asked } = recorded()
  await carrier.close()
  expect(asked).toEqual(['live: close', 'test: close'])
})
