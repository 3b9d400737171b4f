import { describe, expect, test } from 'vitest'
import { divideHalfUp } from './division.ts'
import { averageMicros, meanMs, percentage } from './ratio.ts'

describe('a percentage', () => {
  test.each([
    [4_000, 6_200, 64.52],
    [3_500, 6_200, 56.45],
    [6_500, 12_000, 54.17],
    [3_150, 6_200, 50.81],
    [1, 3, 33.33],
    [2, 3, 66.67],
    [1, 1, 100],
    [0, 5, 0],
    [7, 5, 140],
    [9_007_199_254_740_991, 9_007_199_254_740_991, 100],
  ])('%i of %i is %f', (numerator, denominator, expected) => {
    expect(percentage(numerator, denominator)).toBe(expected)
  })

  test.each([
    [1, 20_000, 0.01],
    [201, 20_000, 1.01],
    [205, 200_000, 0.1],
    [20_001, 20_000, 100.01],
  ])('%i of %i, which is on or near a half, is %f', (numerator, denominator, expected) => {
    expect(percentage(numerator, denominator)).toBe(expected)
  })

  test('of nothing is 0', () => {
    expect(percentage(0, 0)).toBe(0)
    expect(percentage(3, 0)).toBe(0)
  })

  test.each([
    [-1, 2],
    [1, -2],
    [0.5, 1],
    [Number.NaN, 1],
  ])('of values that are not counts is refused (%s of %s)', (numerator, denominator) => {
    expect(() => percentage(numerator, denominator)).toThrow(RangeError)
  })
})

test.each<[bigint, number, bigint]>([
  [4_650_000_000n, 4_000, 1_162_500n],
  [10n, 4, 3n],
  [10n, 3, 3n],
  [0n, 0, 0n],
  [5n, 0, 0n],
])('the average of %s micro-credits over %s is %s', (total, items, average) => {
  expect(averageMicros(total, items)).toBe(average)
})

test.each<[number | bigint, number, number]>([
  [84_001, 2, 42_001],
  [84_000n, 2, 42_000],
  [10, 3, 3],
  [0, 0, 0],
])('the mean of %s ms over %s is %s ms', (totalMs, items, mean) => {
  expect(meanMs(totalMs, items)).toBe(mean)
})

test.each<[bigint, bigint, bigint]>([
  [5n, 2n, 3n],
  [-5n, 2n, -2n],
  [-6n, 4n, -1n],
  [-7n, 4n, -2n],
  [-4n, 2n, -2n],
  [0n, 9n, 0n],
])('%s / %s rounded half up is %s', (numerator, denominator, quotient) => {
  expect(divideHalfUp(numerator, denominator)).toBe(quotient)
})

test('a division by zero or by a negative number is refused', () => {
  expect(() => divideHalfUp(1n, 0n)).toThrow(RangeError)
  expect(() => divideHalfUp(1n, -1n)).toThrow(RangeError)
})
