import { expect, test } from 'vitest'
import { callFilterOf, isEverything } from './call-filter.ts'

test('conditions are read, and those that are absent are left out', () => {
  expect(callFilterOf({})).toEqual({})
  expect(isEverything(callFilterOf({}))).toBe(true)
  const filter = callFilterOf({
    status: 'busy',
    to: '2126',
    startedFrom: '2026-03-01T10:00:00+01:00',
    minCost: 1.5,
    digits: '1',
    maxDurationMs: 0,
  })
  expect(filter).toEqual({
    status: 'busy',
    toPrefixes: ['+2126', '2126'],
    startedFromMs: Date.parse('2026-03-01T09:00:00Z'),
    minCostMicros: 1_500_000n,
    digits: '1',
    maxDurationMs: 0,
  })
  expect(isEverything(filter)).toBe(false)
  expect(callFilterOf({ to: '+2126' })).toEqual({ toPrefixes: ['+2126'] })
})

test.each([
  ['/query/startedFrom', { startedFrom: '2026-12-31T23:59:60Z' }],
  ['/query/startedBefore', { startedFrom: '2026-03-01T10:00:00Z', startedBefore: '2026-03-01T10:00:00Z' }],
  ['/query/maxDurationMs', { minDurationMs: 2, maxDurationMs: 1 }],
  ['/query/maxCost', { minCost: 2, maxCost: 1 }],
  ['/query/minCost', { minCost: 0.000_000_5 }],
])('a range that nothing can be in is refused at %s', (pointer, query) => {
  expect(() => callFilterOf(query)).toThrow(
    expect.objectContaining({ name: 'ValidationError', details: [expect.objectContaining({ pointer })] }),
  )
})
