import { fromIso } from '@carillon/contracts/instant'
import type { PauseWindows } from '@carillon/contracts/program'
import { expect, test } from 'vitest'
import { at, contactsChanged, launched, lifecycle, noContacts, t0 } from '../../test/support/events.ts'
import { type ExecutionEvent, effectiveStatus, isInPauseWindow, launchOf, progressAt, stepOf } from './execution.ts'

const id = '018f0000-0000-7000-8000-0000000000e1'
const history: ExecutionEvent[] = [
  launched(id, { status: 'scheduled' }),
  lifecycle('execution.started', id, 2, 'running', 1_000, { ...noContacts, pending: 3 }),
  contactsChanged(id, 3, 2_000, { ...noContacts, pending: 2, calling: 1 }),
  lifecycle('execution.paused', id, 4, 'paused', 3_000, { ...noContacts, pending: 2, calling: 1 }),
  lifecycle('execution.resumed', id, 5, 'running', 4_000, { ...noContacts, pending: 2, calling: 1 }),
  contactsChanged(id, 6, 5_000, { ...noContacts, completed: 2, failed: 1 }),
  lifecycle('execution.completed', id, 7, 'completed', 5_000, { ...noContacts, completed: 2, failed: 1 }),
]
const progressOf = (events: readonly ExecutionEvent[], position = 0) => progressAt(events.map(stepOf), position)
const whole = {
  status: 'completed',
  counts: { ...noContacts, completed: 2, failed: 1 },
  actualStartAtMs: t0 + 1_000,
  actualEndAtMs: t0 + 5_000,
}

test('an execution starts when it first runs and ends when it is over; pauses in between change neither', () => {
  expect(progressOf(history)).toEqual(whole)
})

test('an execution that is launched running starts with its launch', () => {
  expect(progressOf([launched(id)])).toMatchObject({ status: 'running', actualStartAtMs: t0, actualEndAtMs: null })
})

test('a scheduled execution has not started', () => {
  expect(progressOf([launched(id, { status: 'scheduled' })])).toMatchObject({ actualStartAtMs: null })
})

test('events that come twice, late or in another order give the same progress', () => {
  expect(progressOf([...history].reverse())).toEqual(whole)
  expect(progressOf([...history.slice(3), ...history])).toEqual(whole)
})

test('a change of contacts after a cancellation does not change the status', () => {
  const events = [
    launched(id),
    lifecycle('execution.cancelled', id, 2, 'cancelled', 9_000, { ...noContacts, calling: 1, skipped: 2 }),
    contactsChanged(id, 3, 12_000, { ...noContacts, completed: 1, skipped: 2 }),
  ]
  expect(progressOf(events)).toMatchObject({
    status: 'cancelled',
    counts: { ...noContacts, completed: 1, skipped: 2 },
    actualEndAtMs: t0 + 9_000,
  })
})

test('at a position an execution has the status and the contacts of then, in the middle of an event too', () => {
  const counts = (calling: number, completed: number) => ({ ...noContacts, pending: 3 - calling - completed, calling, completed })
  const step = (position: number, calling: number, completed: number) => [position, 3 - calling - completed, 0, calling, 0, completed, 0, 0]
  const started = contactsChanged(id, 2, 1_000, counts(2, 0))
  const ended = contactsChanged(id, 3, 2_000, counts(0, 3))
  const events = [
    launched(id, { position: 0 }),
    { ...started, data: { ...started.data, position: 20, steps: [step(10, 1, 0)] } },
    { ...ended, data: { ...ended.data, position: 50, steps: [step(30, 1, 1), step(40, 0, 2)] } },
    { ...lifecycle('execution.completed', id, 4, 'completed', 2_000, counts(0, 3)) },
  ].map((event, index) => (index === 3 ? { ...event, data: { ...event.data, position: 50 } } : event)) as ExecutionEvent[]
  const at = (position: number) => {
    const { status, counts: contacts } = progressOf(events, position)
    return [status, contacts.calling, contacts.completed]
  }
  expect([0, 9, 10, 19, 20, 29, 30, 40, 49, 50].map(at)).toEqual([
    ['running', 0, 0],
    ['running', 0, 0],
    ['running', 1, 0],
    ['running', 1, 0],
    ['running', 2, 0],
    ['running', 2, 0],
    ['running', 1, 1],
    ['running', 0, 2],
    ['running', 0, 2],
    ['completed', 0, 3],
  ])
})

test('as of an instant, commands and orders count by their time, and what a call did by its position', () => {
  const counts = (pending: number, calling: number, skipped = 0) => ({ ...noContacts, pending, calling, skipped })
  const placed = <T extends ExecutionEvent>(event: T, position: number): T => ({ ...event, data: { ...event.data, position } })
  const events = [
    launched(id, { position: 0, counts: counts(3, 0) }),
    // The start of a call at position 10, which the orchestrator read late.
    placed(contactsChanged(id, 2, 5_000, counts(2, 1)), 10),
    placed(lifecycle('execution.paused', id, 3, 'paused', 6_000, counts(2, 1)), 10),
    placed(lifecycle('execution.cancelled', id, 4, 'cancelled', 8_000, counts(0, 1, 2)), 10),
  ]
  const asOf = (position: number, atMs: number) => {
    const { status, counts: contacts, actualEndAtMs } = progressAt(events.map(stepOf), position, t0 + atMs)
    return [status, contacts.pending, contacts.calling, contacts.skipped, actualEndAtMs]
  }
  expect(asOf(0, 1_000)).toEqual(['running', 3, 0, 0, null])
  expect(asOf(10, 2_000)).toEqual(['running', 2, 1, 0, null])
  expect(asOf(10, 5_999)).toEqual(['running', 2, 1, 0, null])
  expect(asOf(10, 7_999)).toEqual(['paused', 2, 1, 0, null])
  expect(asOf(10, 8_000)).toEqual(['cancelled', 0, 1, 2, t0 + 8_000])
})

test.each([
  ['paused', false, 'paused_manual'],
  ['paused', true, 'paused_manual'],
  ['running', true, 'paused_window'],
  ['running', false, 'running'],
  ['paused_no_credits', true, 'paused_no_credits'],
  ['paused_threshold', true, 'paused_threshold'],
  ['scheduled', true, 'scheduled'],
  ['completed', true, 'completed'],
] as const)('%s, in a pause window: %s, is shown as %s', (status, inWindow, shown) => {
  expect(effectiveStatus(status, inWindow)).toBe(shown)
})

const lunch: PauseWindows = { monday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 0 } }] }

test.each([
  // Casablanca is an hour ahead of UTC.
  ['2025-12-15T10:59:59.999Z', false],
  ['2025-12-15T11:00:00.000Z', true],
  ['2025-12-15T12:59:59.999Z', true],
  ['2025-12-15T13:00:00.000Z', false],
])('at %s it is lunch time in Casablanca: %s', (instant, expected) => {
  const launch = launchOf(launched(id, { pauseWindows: lunch, timezone: 'Africa/Casablanca' }))
  expect(isInPauseWindow(launch, fromIso(instant))).toBe(expected)
})

test('an execution without pause windows is never in one', () => {
  expect(isInPauseWindow(launchOf(launched(id)), fromIso(at(0)))).toBe(false)
})
