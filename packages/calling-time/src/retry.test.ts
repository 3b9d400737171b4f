import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import { describe, expect, test } from 'vitest'
import { compilePauseWindows } from './pause-windows.ts'
import { dueAfterPause, isRetried, maxAttempts, nextAttemptAt } from './retry.ts'

const at = (time: string) => Date.parse(`2025-12-17T${time}Z`)

const none: RetryStrategy = { type: 'none' }
const fixedDelay = (delayMinutes: number, maxRetries: number): RetryStrategy => ({ type: 'fixed_delay', delayMinutes, maxRetries })
const scheduled = (...retryDates: string[]): RetryStrategy => ({ type: 'scheduled', retryDates })

test('a program without retries has one attempt', () => {
  expect(maxAttempts(none)).toBe(1)
  expect(nextAttemptAt(none, 1, at('10:00:07'))).toBeNull()
})

describe('a fixed delay', () => {
  test('counts from the end of the failed call', () => {
    expect(nextAttemptAt(fixedDelay(30, 3), 1, at('10:00:07'))).toBe(at('10:30:07'))
  })

  test.each([
    ['busy', '10:05:07'],
    ['no_answer', '11:00:07'],
    ['rejected', '10:30:07'],
    [undefined, '10:30:07'],
  ] as const)('after the outcome %s the next call is due at %s', (outcome, due) => {
    const strategy: RetryStrategy = { type: 'fixed_delay', delayMinutes: 30, maxRetries: 3, delayByOutcome: { busy: 5, no_answer: 60 } }
    expect(nextAttemptAt(strategy, 1, at('10:00:07'), outcome)).toBe(at(due))
  })

  test('may be a fraction of a minute', () => {
    expect(nextAttemptAt(fixedDelay(0.5, 1), 1, at('10:00:00'))).toBe(at('10:00:30'))
  })

  test('allows 4 attempts for maxRetries 3', () => {
    const strategy = fixedDelay(30, 3)
    expect(maxAttempts(strategy)).toBe(4)
    expect(nextAttemptAt(strategy, 3, at('10:00:00'))).not.toBeNull()
    expect(nextAttemptAt(strategy, 4, at('10:00:00'))).toBeNull()
  })

  test('with maxRetries 0 allows no retry', () => {
    expect(nextAttemptAt(fixedDelay(30, 0), 1, at('10:00:00'))).toBeNull()
  })
})

describe('scheduled dates', () => {
  const strategy = scheduled('2025-12-17T14:00:00Z', '2025-12-18T09:00:00Z')

  test('allow one retry each', () => {
    expect(maxAttempts(strategy)).toBe(3)
    expect(maxAttempts(scheduled())).toBe(1)
  })

  test.each<[string, string, number, string | null]>([
    ['the first is in the future', '2025-12-17T10:00:00Z', 1, '2025-12-17T14:00:00Z'],
    ['the first is exactly at the end, so it has passed', '2025-12-17T14:00:00Z', 1, '2025-12-18T09:00:00Z'],
    ['the first has passed', '2025-12-17T15:00:00Z', 1, '2025-12-18T09:00:00Z'],
    ['the second attempt failed before the second date', '2025-12-17T14:01:00Z', 2, '2025-12-18T09:00:00Z'],
    ['all have passed', '2025-12-18T09:00:01Z', 1, null],
    ['the last attempt failed', '2025-12-17T10:00:00Z', 3, null],
  ])('%s: ended %s, attempt %i, due %s', (_case, endedAt, attempt, due) => {
    expect(nextAttemptAt(strategy, attempt, Date.parse(endedAt))).toBe(due === null ? null : Date.parse(due))
  })

  test('may be in any order and have any offset', () => {
    const unordered = scheduled('2025-12-18T09:00:00Z', '2025-12-17T15:00:00+01:00')
    expect(nextAttemptAt(unordered, 1, at('10:00:00'))).toBe(at('14:00:00'))
  })

  test('that are not instants are an error', () => {
    expect(() => nextAttemptAt(scheduled('tomorrow'), 1, at('10:00:00'))).toThrow(RangeError)
  })
})

describe('retried outcomes', () => {
  test.each([
    ['no_answer', true],
    ['busy', true],
    ['rejected', true],
    ['failed', true],
    ['voicemail', true],
    ['completed', false],
  ] as const)('by default, %s: %s', (outcome, retried) => {
    expect(isRetried(outcome)).toBe(retried)
  })

  test('are those of retryOn if it is given, but never completed', () => {
    expect(isRetried('busy', ['busy'])).toBe(true)
    expect(isRetried('voicemail', ['busy'])).toBe(false)
    expect(isRetried('busy', [])).toBe(false)
    expect(isRetried('completed', ['completed'])).toBe(false)
  })
})

describe('a due time', () => {
  const lunch = [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 0 } }]
  const windows = compilePauseWindows({ wednesday: lunch }, 'UTC')

  test.each([
    ['11:59:59.999', '11:59:59.999'],
    ['12:00:00', '14:00:00'],
    ['13:59:59.999', '14:00:00'],
    ['14:00:00', '14:00:00'],
  ])('of %s, with lunch from 12 to 14, becomes %s', (due, callable) => {
    expect(dueAfterPause(at(due), windows)).toBe(at(callable))
  })

  test('in a pause without end is null', () => {
    const day = [{ startAt: { hour: 0, minute: 0 }, endAt: { hour: 0, minute: 0 } }]
    const always = { sunday: day, monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: day }
    expect(dueAfterPause(at('10:00:00'), compilePauseWindows(always, 'Europe/Paris'))).toBeNull()
  })
})
