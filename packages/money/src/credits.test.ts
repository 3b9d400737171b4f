import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidAmountError, microsToJson, microsToNumeric, numericToMicros, parseMicros } from './credits.ts'

describe('reading credits', () => {
  test.each<[number | string, bigint]>([
    [0, 0n],
    [-0, 0n],
    [1, 1_000_000n],
    [0.075, 75_000n],
    [1.875075, 1_875_075n],
    [0.1, 100_000n],
    [0.000001, 1n],
    [-0.000001, -1n],
    [-3.375, -3_375_000n],
    [4650, 4_650_000_000n],
    [1e3, 1_000_000_000n],
    ['0.075', 75_000n],
    ['+12.30', 12_300_000n],
    ['1.5000000', 1_500_000n],
    ['15e-1', 1_500_000n],
    ['1E3', 1_000_000_000n],
    ['99999999999999.999999', 99_999_999_999_999_999_999n],
  ])('%s is %s micro-credits', (credits, micros) => {
    expect(parseMicros(credits)).toBe(micros)
  })

  test.each<[number | string, RegExp]>([
    [0.0000001, /more than 6 decimals/],
    [1.0000001, /more than 6 decimals/],
    ['0.0000005', /more than 6 decimals/],
    [0.1 + 0.2, /more than 6 decimals/],
    [Number.NaN, /not an amount/],
    [Number.POSITIVE_INFINITY, /not an amount/],
    ['', /not an amount/],
    [' 1', /not an amount/],
    ['1,5', /not an amount/],
    ['.5', /not an amount/],
    ['5.', /not an amount/],
    ['0x10', /not an amount/],
    ['1e999999999', /not an amount/],
    ['1e99', /too large/],
    ['100000000000000', /too large/],
    [2 ** 33, /too large for a JSON number/],
    [1e21, /too large/],
  ])('%s is refused', (credits, message) => {
    expect(() => parseMicros(credits)).toThrow(InvalidAmountError)
    expect(() => parseMicros(credits)).toThrow(message)
  })
})

describe('JSON', () => {
  test.each<[bigint, string]>([
    [0n, '0'],
    [1n, '0.000001'],
    [-1n, '-0.000001'],
    [1_875_075n, '1.875075'],
    [3_375_000n, '3.375'],
    [15_750_000n, '15.75'],
    [4_650_000_000n, '4650'],
    [8_589_934_591_999_999n, '8589934591.999999'],
  ])('%s micro-credits print as %s', (micros, text) => {
    expect(JSON.stringify(microsToJson(micros))).toBe(text)
  })

  test('an amount that a JSON number cannot hold exactly is refused, not rounded', () => {
    expect(() => microsToJson(2n ** 33n * 1_000_000n)).toThrow(InvalidAmountError)
    expect(() => microsToJson(-(2n ** 33n) * 1_000_000n)).toThrow(InvalidAmountError)
  })

  test('what is printed is read back as the same amount, up to the largest', () => {
    const largest = 2n ** 33n * 1_000_000n - 1n
    const amounts = fc.oneof(fc.bigInt({ min: -10_000_000n, max: 10_000_000n }), fc.bigInt({ min: -largest, max: largest }))
    fc.assert(
      fc.property(amounts, (micros) => {
        const printed = JSON.stringify(microsToJson(micros))
        expect(printed).toBe(microsToNumeric(micros).replace(/\.?0+$/, ''))
        expect(parseMicros(JSON.parse(printed))).toBe(micros)
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('numeric(20,6)', () => {
  test.each<[bigint, string]>([
    [0n, '0.000000'],
    [1n, '0.000001'],
    [-1n, '-0.000001'],
    [-3_375_000n, '-3.375000'],
    [99_999_999_999_999_999_999n, '99999999999999.999999'],
  ])('%s micro-credits are %s, and back', (micros, text) => {
    expect(microsToNumeric(micros)).toBe(text)
    expect(numericToMicros(text)).toBe(micros)
  })

  test.each(['NaN', 'Infinity', '-Infinity', '1.0000001'])('%s is refused', (text) => {
    expect(() => numericToMicros(text)).toThrow(InvalidAmountError)
  })
})
