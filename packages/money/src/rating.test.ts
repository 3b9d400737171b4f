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

test('a call that nobody answered costs nothing, by any unit', () => {
  for (const unit of ['second', 'minute', 'flat'] as const) {
    expect(costOf(rate({ unit, minDurationMs: 10_000 }), null)).toEqual({ billableMs: 0, costMicros: 0n })
  }
})

test('an answered call of no length is billed the minimum', () => {
  expect(costOf(rate({ minDurationMs: 10_000 }), 0)).toEqual({ billableMs: 10_000, costMicros: 750_000n })
})

test('flat is charged once, whatever the duration', () => {
  for (const durationMs of [0, 1, 60_000, 3_600_000]) {
    expect(costOf(rate({ unit: 'flat', minDurationMs: 10_000, incrementMs: 6_000 }), durationMs).costMicros).toBe(75_000n)
  }
})

test('a minute rate bills parts of minutes to the millisecond', () => {
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

test('the cost is the smallest amount that is no further than half a micro-credit below the exact one', () => {
  const whole = generator(7)
  for (let round = 0; round < 20_000; round++) {
    const unit = round % 2 === 0 ? 'second' : 'minute'
    const unitMs = unit === 'second' ? 1_000n : 60_000n
    const minDurationMs = round % 3 === 0 ? null : whole(30_000)
    const incrementMs = round % 5 === 0 ? 1 + whole(60_000) : null
    const costPerUnitMicros = BigInt(whole(2_000_000_000))
    const durationMs = whole(7_200_000)
    const { billableMs, costMicros } = costOf({ unit, costPerUnitMicros, minDurationMs, incrementMs }, durationMs)

    // Independent of how it is computed: the bounds that define "billable" and "rounded half up".
    const least = Math.max(durationMs, minDurationMs ?? 0)
    expect(billableMs).toBeGreaterThanOrEqual(least)
    expect(billableMs - least).toBeLessThan(incrementMs ?? 1)
    expect(billableMs % (incrementMs ?? 1)).toBe(0)
    const exactTimesUnit = costPerUnitMicros * BigInt(billableMs)
    const doubledError = 2n * (costMicros * unitMs - exactTimesUnit)
    expect(doubledError > -unitMs && doubledError <= unitMs).toBe(true)
  }
})

/** Whole numbers below a bound, the same in every run (a linear congruential generator, constants of Numerical Recipes). */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
