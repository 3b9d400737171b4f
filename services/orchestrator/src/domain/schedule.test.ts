import { describe, expect, test } from 'vitest'
import { someState } from '../../test/support/execution.ts'
import { at, turnCase } from '../../test/support/turn.ts'
import { type ScheduleFacts, scheduleOf } from './schedule.ts'

const counts = (change: object) => ({ pending: 0, queued: 0, calling: 0, pendingRetry: 0, completed: 0, failed: 0, skipped: 0, ...change })
const waitingNow: ScheduleFacts = { dueByZone: new Map([['', at('09:00:00')]]), hasDids: true, nowMs: at('10:00:00') }

function schedule(plan: object, state: object, facts: Partial<ScheduleFacts> = {}) {
  return scheduleOf(turnCase({ plan }).rules, someState({ counts: counts({ pending: 5 }), ...state }), { ...waitingNow, ...facts })
}
const daily = (from: number, to: number) => [{ startAt: { hour: from, minute: 0 }, endAt: { hour: to, minute: 0 } }]

// Ten o'clock in UTC on Monday, 2 March 2026 is ten o'clock in Casablanca too: it is Ramadan there.
describe('it waits', () => {
  test.each<[string, object, object, Partial<ScheduleFacts>, string | null, string | null]>([
    ['for nothing', {}, {}, {}, null, '10:00:00'],
    [
      'for its beginning',
      { scheduledStartAtMs: at('11:00:00') },
      { status: 'scheduled' },
      {},
      'It begins at 11:00 on Monday, 2 March 2026 (Africa/Casablanca).',
      '11:00:00',
    ],
    ['for a user', {}, { status: 'paused' }, {}, 'A user has paused it. It goes on when it is resumed.', null],
    ['for credits', {}, { status: 'paused_no_credits' }, {}, 'The organization has no credits. Add credits, and resume it.', null],
    [
      'after a rule',
      {},
      { status: 'paused_threshold', pausedBy: { nodeId: 'menu', threshold: 3, count: 4 } },
      {},
      'The node menu has run 4 times, and a rule has paused it. It goes on when it is resumed.',
      null,
    ],
    [
      'for the end of a window',
      { pauseWindows: { monday: daily(9, 14) } },
      {},
      {},
      'A pause window ends at 14:00 on Monday, 2 March 2026 (Africa/Casablanca).',
      '14:00:00',
    ],
    [
      'for a retry',
      {},
      {},
      { dueByZone: new Map([['', at('10:20:00')]]) },
      'The next contact may be called at 10:20 on Monday, 2 March 2026 (Africa/Casablanca).',
      '10:20:00',
    ],
    [
      'for a retry that falls into a window',
      { pauseWindows: { monday: daily(10, 12) }, timezone: 'UTC' },
      {},
      { nowMs: at('09:59:00'), dueByZone: new Map([['', at('10:20:00')]]) },
      'The next contact may be called at 12:00 on Monday, 2 March 2026 (UTC).',
      '12:00:00',
    ],
    ['for its last calls', {}, { counts: counts({ calling: 1, queued: 1 }) }, {}, '2 calls are in progress, and nobody else waits.', null],
    [
      'for a free line',
      { maxConcurrentCalls: 2 },
      { counts: counts({ calling: 2, pending: 1 }) },
      {},
      'As many calls are in progress as it may have: 2.',
      '10:00:00',
    ],
    ['for a DID', {}, {}, { hasDids: false }, 'No number of its pool is active. Activate one, or add another to the program.', '10:00:00'],
    [
      'for a date',
      { triggerCondition: {} },
      { counts: counts({ completed: 2 }) },
      { dueByZone: new Map() },
      'The date of a contact has to come.',
      null,
    ],
    [
      'in vain',
      { scheduledStopAtMs: at('10:10:00') },
      {},
      { dueByZone: new Map([['', at('10:20:00')]]) },
      'No waiting contact can be called before it ends.',
      null,
    ],
    [
      'for ever',
      {
        pauseWindows: { advanced: [{ startAt: '2020-01-01T00:00:00Z', endAt: '2090-01-01T00:00:00Z' }] },
        scheduledStopAtMs: at('20:00:00'),
      },
      {},
      {},
      'A pause window ends at 00:00 on Sunday, 1 January 2090 (Africa/Casablanca).',
      null,
    ],
    [
      'for the hours of its contacts',
      { callingHours: { tuesday: daily(9, 18) } },
      {},
      { dueByZone: new Map([['MA', at('09:00:00')]]) },
      'The next contact may be called at 09:00 on Tuesday, 3 March 2026 (Africa/Casablanca).',
      '33:00:00',
    ],
  ])('%s', (_title, plan, state, facts, waitingFor, next) => {
    const answer = schedule(plan, state, facts)
    expect(answer.waitingFor).toBe(waitingFor)
    const [hours = 0, minutes = 0] = (next ?? '').split(':').map(Number)
    expect(answer.nextCallsAtMs).toBe(next === null ? null : at('00:00:00') + (hours * 60 + minutes) * 60_000)
  })
})

test('windows are told ahead, and the stop', () => {
  const plan = { pauseWindows: { monday: daily(12, 14) }, timezone: 'UTC', scheduledStopAtMs: at('20:00:00') }
  expect(schedule(plan, {})).toMatchObject({ pausesAtMs: at('12:00:00'), opensAtMs: null, endsAtMs: at('20:00:00') })
  expect(schedule(plan, {}, { nowMs: at('13:00:00') })).toMatchObject({ pausesAtMs: at('12:00:00'), opensAtMs: at('14:00:00') })
})

test('hours and windows that never meet end the search', () => {
  const plan = { callingHours: { monday: daily(9, 12) }, pauseWindows: { monday: daily(0, 0) }, timezone: 'Africa/Casablanca' }
  expect(schedule(plan, {}, { dueByZone: new Map([['MA', at('09:00:00')]]) }).nextCallsAtMs).toBeNull()
})

test('an execution that has ended has nothing before it', () => {
  expect(schedule({ scheduledStopAtMs: at('20:00:00') }, { status: 'completed' })).toEqual({
    waitingFor: null,
    nextCallsAtMs: null,
    pausesAtMs: null,
    opensAtMs: null,
    endsAtMs: null,
  })
})
