import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { expect, test } from 'vitest'
import { type EstimateInput, estimateEnd } from './estimate.ts'

const minuteMs = 60_000
const nowMs = Date.parse('2025-12-15T10:00:00Z') // a Monday
const noPause = compilePauseWindows(null, 'UTC')
const lunch = compilePauseWindows({ monday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 13, minute: 0 } }] }, 'UTC')

const base: EstimateInput = {
  nowMs,
  contacts: { pending: 600, pendingRetry: 0, inProgress: 0 },
  attempts: [{ attempted: 600, reached: 600, lastStartedMs: nowMs }],
  callsPerSecond: 0.1,
  retryStrategy: { type: 'none' },
  windows: noPause,
}
const retry: EstimateInput['retryStrategy'] = { type: 'fixed_delay', delayMinutes: 30, maxRetries: 1 }

test('what is left takes as long as the calls so far let expect', () => {
  expect(minutesFromNow(base)).toBe(100.5)
})

test('a pause window on the way is waited through', () => {
  const contacts = { pending: 1200, pendingRetry: 0, inProgress: 0 }
  expect(minutesFromNow({ ...base, contacts, windows: lunch })).toBe(260.5)
})

test('retries wait for their delay after the last call of the round before', () => {
  const contacts = { pending: 0, pendingRetry: 300, inProgress: 0 }
  const attempts = [{ attempted: 1200, reached: 900, lastStartedMs: nowMs - 10 * minuteMs }]
  expect(minutesFromNow({ ...base, contacts, attempts, callsPerSecond: 10, retryStrategy: retry })).toBe(21)
})

test('retries that fall due inside a pause window come one after the other behind it', () => {
  const contacts = { pending: 0, pendingRetry: 60, inProgress: 0 }
  const attempts = [{ attempted: 60, reached: 0, lastStartedMs: Date.parse('2025-12-15T11:45:00Z') }]
  const input = { ...base, nowMs: Date.parse('2025-12-15T11:50:00Z'), contacts, attempts, retryStrategy: retry, windows: lunch }
  expect(minutesFromNow(input)).toBe(80.5)
})

test('contacts of an earlier round that are not called again are not waited for', () => {
  const contacts = { pending: 0, pendingRetry: 40, inProgress: 0 }
  const attempts = [
    { attempted: 200, reached: 100, lastStartedMs: nowMs - 60 * minuteMs },
    { attempted: 96, reached: 56, lastStartedMs: nowMs - 10 * minuteMs },
  ]
  const retryStrategy = { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2 } as const
  expect(minutesFromNow({ ...base, contacts, attempts, callsPerSecond: 10, retryStrategy })).toBe(21)
})

test('contacts that the last attempt missed are not waited for', () => {
  const contacts = { pending: 0, pendingRetry: 2, inProgress: 0 }
  const attempts = [
    { attempted: 200, reached: 100, lastStartedMs: nowMs - 10 * minuteMs },
    { attempted: 98, reached: 40, lastStartedMs: nowMs - 5 * minuteMs },
  ]
  expect(minutesFromNow({ ...base, contacts, attempts, callsPerSecond: 10, retryStrategy: retry })).toBe(21)
})

test('contacts that have no call yet may need every round', () => {
  const attempts = [{ attempted: 600, reached: 300, lastStartedMs: nowMs }]
  const contacts = { pending: 600, pendingRetry: 0, inProgress: 0 }
  const half = minutesFromNow({ ...base, contacts, attempts, callsPerSecond: 1, retryStrategy: retry })
  expect(half).toBe(10 + 0.5 + 30 + 0.5)
})

test('when nobody is left to be called, the end is that of the last call', () => {
  const contacts = { pending: 0, pendingRetry: 0, inProgress: 3 }
  const attempts = [{ attempted: 1200, reached: 1197, lastStartedMs: nowMs - 10_000 }]
  expect(minutesFromNow({ ...base, contacts, attempts })).toBeCloseTo(20 / 60)
})

test('a program that is paused the whole week has no end', () => {
  const startAt = { hour: 0, minute: 0 }
  const allDay = [{ startAt, endAt: startAt }]
  const windows = compilePauseWindows(
    { monday: allDay, tuesday: allDay, wednesday: allDay, thursday: allDay, friday: allDay, saturday: allDay, sunday: allDay },
    'UTC',
  )
  expect(estimateEnd({ ...base, windows })).toBeNull()
})

function minutesFromNow(input: EstimateInput): number {
  const endMs = estimateEnd(input)
  return endMs === null ? Number.NaN : (endMs - input.nowMs) / minuteMs
}
