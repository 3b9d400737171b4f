import type { DigitEntry } from '@carillon/call-flow/nodes/dtmf'
import { describe, expect, test } from 'vitest'
import { type AnsweredPlan, planCall } from './call-plan.ts'
import { enteredDigits, promptMs, recordedMs } from './callee.ts'
import { type CarrierProfile, readProfile } from './profile.ts'

function answeredBy(keys: string, profile: CarrierProfile): AnsweredPlan {
  const scripted = { ...profile, numbers: { '1': [`answer:${keys}`] } }
  const plan = planCall(scripted, 1, { to: '1', attempt: 1, timeoutMs: 30_000, amd: false })
  if (plan.type !== 'answered') throw new Error('the script says that it is answered')
  return plan
}

const entry = (given: Partial<DigitEntry> = {}): DigitEntry => ({
  minDigits: 1,
  maxDigits: 4,
  timeoutMs: 5_000,
  interDigitTimeoutMs: 2_000,
  ...given,
})
const delays = (ms: number) => readProfile({ digitDelayMs: { min: ms, max: ms }, media: { defaultMs: 3_000 } })

describe('digits', () => {
  test.each<[string, string, Partial<DigitEntry>, number, { digits: string; endedBy: string; durationMs: number }]>([
    ['the last one that may come ends the entry at once', '1234', {}, 100, { digits: '1234', endedBy: 'complete', durationMs: 400 }],
    ['more than may come are ignored', '12345', {}, 100, { digits: '1234', endedBy: 'complete', durationMs: 400 }],
    [
      'a terminator ends the entry and is not part of it',
      '12#',
      { terminator: '#' },
      100,
      { digits: '12', endedBy: 'terminator', durationMs: 300 },
    ],
    ['fewer than may come end with the time between two keys', '12', {}, 100, { digits: '12', endedBy: 'timeout', durationMs: 2_200 }],
    ['none within the time give an empty entry', '', {}, 100, { digits: '', endedBy: 'timeout', durationMs: 5_000 }],
    ['a first key that comes too late does not count', '1', {}, 6_000, { digits: '', endedBy: 'timeout', durationMs: 5_000 }],
    ['a second key that comes too late does not count', '12', {}, 3_000, { digits: '1', endedBy: 'timeout', durationMs: 5_000 }],
  ])('%s', (_, keys, limits, delayMs, expected) => {
    const profile = delays(delayMs)
    expect(enteredDigits(profile, answeredBy(keys, profile), 1, entry(limits))).toEqual(expected)
  })

  test('are pressed after the end of the prompt', () => {
    const profile = delays(100)
    const asked = { ...entry({ maxDigits: 1 }), prompt: { media: 'menu' } }
    expect(enteredDigits(profile, answeredBy('1', profile), 1, asked)).toEqual({ digits: '1', endedBy: 'complete', durationMs: 3_100 })
  })

  test('of a script are for one question each, and nothing is pressed after the last', () => {
    const profile = delays(0)
    const plan = answeredBy('1,,3', profile)
    expect([1, 2, 3, 4].map((question) => enteredDigits(profile, plan, question, entry({ maxDigits: 1 })).digits)).toEqual([
      '1',
      '',
      '3',
      '',
    ])
  })
})

test('a text takes time by its length, an audio its own time or the default', () => {
  const profile = readProfile({ sayMsPerCharacter: 60, media: { defaultMs: 4_000, durations: { menu: 9_000 } } })
  expect([{ text: 'Hello' }, { media: 'menu' }, { media: 'other' }].map((prompt) => promptMs(profile, prompt))).toEqual([300, 9_000, 4_000])
})

test('a recording ends with the silence after the speech, or at its limit', () => {
  const profile = readProfile({ record: { minMs: 3_000, maxMs: 3_000 } })
  const plan = answeredBy('', profile)
  expect(recordedMs(profile, plan, 1, { maxDurationMs: 10_000, silenceMs: 1_000, beep: true })).toBe(4_000)
  expect(recordedMs(profile, plan, 1, { maxDurationMs: 2_000, beep: true })).toBe(2_000)
})
