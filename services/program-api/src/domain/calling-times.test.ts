import type { PauseWindows } from '@carillon/contracts/program'
import { describe, expect, test } from 'vitest'
import { checkCallingTimes } from './calling-times.ts'
import type { Program } from './program.ts'

const at = (time: string) => Date.parse(`2026-03-02T${time}:00Z`)
const window = (from: number, to: number) => ({ startAt: { hour: from, minute: 0 }, endAt: { hour: to, minute: 0 } })
const morning: PauseWindows = { monday: [window(9, 12)] }

const program = (change: Partial<Program>): Program => ({
  id: 'p',
  organizationId: 'o',
  name: 'Reminder',
  mode: 'batch',
  status: 'draft',
  audienceId: 'a',
  flowId: 'f',
  triggerCondition: null,
  startAtMs: at('10:00'),
  stopAtMs: at('11:00'),
  didIds: [],
  retryStrategy: { type: 'none' },
  pauseWindows: morning,
  autoPauseRules: null,
  timezone: null,
  callingHours: null,
  pacing: null,
  amd: null,
  createdAtMs: 0,
  updatedAtMs: 0,
  ...change,
})
const refused = (pointer: string) => expect.objectContaining({ name: 'ValidationError', details: [expect.objectContaining({ pointer })] })
const check = (change: Partial<Program>, timezone = 'UTC') => checkCallingTimes(program(change), timezone, null)

describe('a program that could never call is refused', () => {
  test('because of its pause windows', () => {
    expect(() => check({})).toThrow(refused('/pauseWindows'))
    for (const change of [{ stopAtMs: at('12:01') }, { stopAtMs: null }, { startAtMs: at('08:59') }, { timezone: 'Asia/Tokyo' }]) {
      expect(() => check(change)).not.toThrow()
    }
    // The time zone of the organization counts for a program without one.
    expect(() => check({}, 'Asia/Tokyo')).not.toThrow()
    const always = Object.fromEntries(
      ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((day) => [day, [window(0, 0)]]),
    )
    expect(() => check({ stopAtMs: null, pauseWindows: always })).toThrow(refused('/pauseWindows'))
  })

  test('because of its calling hours', () => {
    for (const callingHours of [{}, { monday: [] }])
      expect(() => check({ pauseWindows: null, callingHours })).toThrow(refused('/callingHours'))
    expect(() => check({ pauseWindows: null, callingHours: { monday: [window(9, 12)] } })).not.toThrow()
  })

  test('after a change only if it changes a time', () => {
    const before = program({})
    expect(() => checkCallingTimes({ ...before, name: 'Other' }, 'UTC', before)).not.toThrow()
    expect(() => checkCallingTimes({ ...before, stopAtMs: at('11:30') }, 'UTC', before)).toThrow(refused('/pauseWindows'))
  })
})
