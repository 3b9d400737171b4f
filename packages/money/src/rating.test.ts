import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costOf, type Rate } from './rating.ts'

const rate = (given: Partial<Rate> = {}): Rate => ({
  unit: 'second',
  costPerUnitMicros: 75_000n,
  minDurationMs: null,
  incrementMs: null,
  ...given,
})

describe('0.075 credits a second, at least 10 s (the vectors of contract rule 11)', () => {
  test.each<[number, bigint]>([
    [25_001, 1_875_075n],
    [45_000, 3_375_000n],
    [210_000, 15_750_000n],
    [4_000, 750_000n],
  ])('%i ms cost %s micro-credits', (durationMs, costMicros) => {
    expect(costOf(rate({ minDurationMs: 10_000 }), durationMs).costMicros).toBe(costMicros)
  })
})

test('a call that nobody answered costs nothing, with any unit', () => {
  for (const unit of ['second', 'minute', 'flat'] as const) {
    expect(costOf(rate({ unit, minDurationMs: 10_000 }), null)).toEqual({ billableMs: 0, costMicros: 0n })
  }
})

test('an answered call of 0 ms is billed the minimum', () => {
  expect(costOf(rate({ minDurationMs: 10_000 }), 0)).toEqual({ billableMs: 10_000, costMicros: 750_000n })
})

test('a flat rate costs the same for each duration', () => {
  for (const durationMs of [0, 1, 60_000, 3_600_000]) {
    expect(costOf(rate({ unit: 'flat', minDurationMs: 10_000, incrementMs: 6_000 }), durationMs).costMicros).toBe(75_000n)
  }
})

test('a rate per minute bills parts of a minute to the millisecond', () => {
  expect(costOf(rate({ unit: 'minute', costPerUnitMicros: 600_000n }), 90_500)).toEqual({ billableMs: 90_500, costMicros: 905_000n })
})

test.each<[number | null, number, number, number]>([
  [null, 60_000, 0, 0],
  [null, 60_000, 1, 60_000],
  [null, 60_000, 60_000, 60_000],
  [null, 60_000, 60_001, 120_000],
  [30_000, 6_000, 4_000, 30_000],
  [30_000, 6_000, 30_001, 36_000],
  [10_000, 6_000, 4_000, 12_000],
])('minimum %s, increment %s: %s ms bill %s ms', (minDurationMs, incrementMs, durationMs, billableMs) => {
  expect(costOf(rate({ minDurationMs, incrementMs }), durationMs).billableMs).toBe(billableMs)
})

test.each<[bigint, number, bigint]>([
  [1n, 499, 0n],
  [1n, 500, 1n],
  [1n, 1_499, 1n],
  [3n, 500, 2n],
])('%s micro-credits a second for %s ms round half up to %s', (costPerUnitMicros, durationMs, costMicros) => {
  expect(costOf(rate({ costPerUnitMicros }), durationMs).costMicros).toBe(costMicros)
})

test.each<[Partial<Rate>, number]>([
  [{}, -1],
  [{}, 1.5],
  [{}, Number.NaN],
  [{ minDurationMs: -1 }, 1],
  [{ incrementMs: 0 }, 1],
  [{ costPerUnitMicros: -1n }, 1],
])('%o for %s ms is refused', (given, durationMs) => {
  expect(() => costOf(rate(given), durationMs)).toThrow(RangeError)
})

const anyRate = fc.record({
  unit: fc.constantFrom('second' as const, 'minute' as const),
  costPerUnitMicros: fc.bigInt({ min: 0n, max: 2_000_000_000n }),
  minDurationMs: fc.option(fc.nat(30_000)),
  incrementMs: fc.option(fc.integer({ min: 1, max: 60_000 })),
})

test('the cost is the exact cost rounded half up, and the billed time is the shortest that the rate allows', () => {
  fc.assert(
    fc.property(anyRate, fc.nat(7_200_000), (given, durationMs) => {
      const { billableMs, costMicros } = costOf(given, durationMs)
      // The definitions of "billable" and "rounded half up", independent of how they are computed.
      const least = Math.max(durationMs, given.minDurationMs ?? 0)
      expect(billableMs).toBeGreaterThanOrEqual(least)
      expect(billableMs - least).toBeLessThan(given.incrementMs ?? 1)
      expect(billableMs % (given.incrementMs ?? 1)).toBe(0)
      const unitMs = given.unit === 'second' ? 1_000n : 60_000n
      const doubledError = 2n * (costMicros * unitMs - given.costPerUnitMicros * BigInt(billableMs))
      expect(doubledError > -unitMs && doubledError <= unitMs).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})
