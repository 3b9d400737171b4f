import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { describe, expect, test } from 'vitest'
import { somePlan, someState } from '../../test/support/execution.ts'
import { initialCounts } from './contact-counts.ts'
import { claimLimit, decidePacing, newBucket, nextTokensAt, type PacingInput, refill } from './pacing.ts'

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`)
const noPause = compilePauseWindows(null, 'UTC')
// 2 March 2026 is a Monday.
const lunch = compilePauseWindows({ monday: [{ startAt: { hour: 12, minute: 0 }, endAt: { hour: 14, minute: 0 } }] }, 'UTC')

function input(change: Partial<PacingInput> = {}): PacingInput {
  return {
    plan: somePlan(),
    state: someState(),
    windows: noPause,
    bucket: newBucket(at('10:00:00')),
    nextDueAtMs: -Infinity,
    nowMs: at('10:00:00'),
    speed: 1,
    orderValidityMs: 30_000,
    ...change,
  }
}
const withCounts = (change: Partial<ReturnType<typeof initialCounts>>) => someState({ counts: { ...initialCounts(50), ...change } })

describe('room', () => {
  test.each([
    { title: 'is what the concurrency leaves free', queued: 2, calling: 3, room: 5 },
    { title: 'is the whole concurrency without a call in progress', queued: 0, calling: 0, room: 10 },
  ])('$title', ({ queued, calling, room }) => {
    expect(decidePacing(input({ state: withCounts({ queued, calling }) }))).toMatchObject({ type: 'claim', room })
  })

  test('is bounded in one turn', () => {
    const decision = decidePacing(input({ plan: somePlan({ maxConcurrentCalls: 100_000 }) }))
    expect(decision).toMatchObject({ type: 'claim', room: claimLimit })
  })

  test('is no more than the whole tokens in the bucket', () => {
    const bucket = { tokens: 3.9, atMs: at('10:00:00') }
    expect(decidePacing(input({ plan: somePlan({ callsPerSecond: 5 }), bucket }))).toMatchObject({ type: 'claim', room: 3 })
  })
})

describe('nothing is claimed', () => {
  const wait = (untilMs: number) => ({ type: 'wait', untilMs })

  test.each(['paused', 'paused_no_credits', 'paused_threshold', 'completed', 'stopped', 'cancelled'] as const)('while %s', (status) => {
    expect(decidePacing(input({ state: someState({ status }) }))).toEqual(wait(Infinity))
  })

  test('before the start', () => {
    expect(decidePacing(input({ state: someState({ status: 'scheduled' }), nowMs: at('08:00:00') }))).toEqual(wait(at('09:00:00')))
  })

  test('at the full concurrency, until a call ends', () => {
    expect(decidePacing(input({ state: withCounts({ calling: 10 }) }))).toEqual(wait(Infinity))
  })

  test('in a pause window, until its end', () => {
    expect(decidePacing(input({ windows: lunch, nowMs: at('12:00:00') }))).toEqual(wait(at('14:00:00')))
    expect(decidePacing(input({ windows: lunch, nowMs: at('14:00:00') }))).toMatchObject({ type: 'claim' })
  })

  test('before the next contact is due', () => {
    expect(decidePacing(input({ nextDueAtMs: at('10:30:07') }))).toEqual(wait(at('10:30:07')))
  })

  test('without a token, until there is one', () => {
    const bucket = { tokens: 0.5, atMs: at('10:00:00') }
    expect(decidePacing(input({ plan: somePlan({ callsPerSecond: 2 }), bucket }))).toEqual(wait(at('10:00:00.250')))
  })

  test('and the wait ends at the stop', () => {
    const plan = somePlan({ scheduledStopAtMs: at('13:00:00') })
    expect(decidePacing(input({ plan, windows: lunch, nowMs: at('12:30:00') }))).toEqual(wait(at('13:00:00')))
    expect(decidePacing(input({ plan, state: someState({ status: 'paused' }) }))).toEqual(wait(at('13:00:00')))
  })
})

describe('an order may be dialed', () => {
  test.each([
    { title: 'for its validity', change: {}, until: '10:00:30' },
    { title: 'until the next pause window', change: { orderValidityMs: 3 * 3_600_000, windows: lunch }, until: '12:00:00' },
    { title: 'until the stop', change: { plan: somePlan({ scheduledStopAtMs: at('10:00:12') }) }, until: '10:00:12' },
  ])('$title', ({ change, until }) => {
    expect(decidePacing(input(change))).toMatchObject({ type: 'claim', notAfterMs: at(until) })
  })

  test.each([
    { title: 'from its validity before', nowMs: at('10:00:00'), since: '09:59:30' },
    { title: 'from the end of a pause window', nowMs: at('14:00:10'), since: '14:00:00' },
    {
      title: 'from the end of a window that lies in the past, even if the order looks back before its start',
      nowMs: at('14:00:10'),
      since: '14:00:00',
      orderValidityMs: 3 * 3_600_000,
    },
    {
      title: 'from the start of the execution',
      nowMs: at('10:00:00'),
      since: '09:59:50',
      plan: somePlan({ scheduledStartAtMs: at('09:59:50') }),
    },
  ])('$title', ({ since, title: _, ...change }) => {
    expect(decidePacing(input({ windows: lunch, ...change }))).toMatchObject({ type: 'claim', notBeforeMs: at(since) })
  })
})

describe('the token bucket', () => {
  test('starts with one call', () => {
    expect(newBucket(0).tokens).toBe(1)
  })

  test.each([
    { title: 'earns tokens as time passes', tokens: 0, elapsedMs: 250, rate: 10, speed: 1, expected: 2.5 },
    { title: 'holds a second at most', tokens: 4, elapsedMs: 3_600_000, rate: 10, speed: 1, expected: 10 },
    { title: 'holds a real second at most', tokens: 0, elapsedMs: 3_600_000, rate: 10, speed: 60, expected: 600 },
    { title: 'holds one token at least', tokens: 0, elapsedMs: 3_600_000, rate: 0.1, speed: 1, expected: 1 },
    { title: 'loses nothing when no time has passed', tokens: 3, elapsedMs: 0, rate: 10, speed: 1, expected: 3 },
  ])('$title', ({ tokens, elapsedMs, rate, speed, expected }) => {
    expect(refill({ tokens, atMs: 1_000 }, rate, speed, 1_000 + elapsedMs).tokens).toBeCloseTo(expected, 9)
  })

  test('is looked at again after a twentieth of a second, not for every token', () => {
    expect(nextTokensAt({ tokens: 0, atMs: 0 }, 1_000, 1)).toBe(50)
    expect(nextTokensAt({ tokens: 0, atMs: 0 }, 1_000, 60)).toBe(3_000)
    expect(nextTokensAt({ tokens: 0.5, atMs: 0 }, 4, 1)).toBe(125)
  })

  test('starts no more calls than its rate allows, whatever the rhythm of the turns', () => {
    let bucket = newBucket(0)
    let calls = 0
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 37) {
      bucket = refill(bucket, 7, 1, nowMs)
      const started = Math.floor(bucket.tokens)
      bucket = { ...bucket, tokens: bucket.tokens - started }
      calls += started
    }
    expect(calls).toBeGreaterThanOrEqual(60 * 7)
    expect(calls).toBeLessThanOrEqual(60 * 7 + 1)
    expect(nextTokensAt(bucket, 7, 1) - bucket.atMs).toBeLessThanOrEqual(Math.ceil(1000 / 7))
  })
})
