import { expect, test } from 'vitest'
import { cardInForce, nextCard, platformCard, type RateCard, ratesFrom } from './rate-card.ts'

const perSecond = (costPerUnit: number) => ratesFrom({ rates: { dial: { unit: 'second', costPerUnit } } })
const card = (version: number, effectiveFromMs: number): RateCard => ({ version, effectiveFromMs, rates: perSecond(version) })

test.each([
  ['before the first version, the platform card', 999, 0],
  ['at the very instant of a version, that version', 1_000, 1],
  ['between two versions, the earlier one', 1_999, 1],
  ['after the last version, the last one', 9_999, 2],
])('given two versions, when a call starts %s rates it', (_title, startedAtMs, version) => {
  expect(cardInForce([card(2, 2_000), card(1, 1_000)], startedAtMs).version).toBe(version)
})

test('given an organization without a card, the platform card rates its calls', () => {
  expect(cardInForce([], 5)).toBe(platformCard)
})

test('given a card, when it is replaced, then the next version is in force from now on', () => {
  expect(nextCard(card(4, 1_000), perSecond(9), 5_000)).toEqual({ version: 5, effectiveFromMs: 5_000, rates: perSecond(9) })
})

test('given a card of this very millisecond, when it is replaced, then the next version begins a millisecond later', () => {
  expect(nextCard(card(1, 1_000), perSecond(9), 1_000)?.effectiveFromMs).toBe(1_001)
})

test('given a card, when the same rates are asked for in another order, then nothing changes', () => {
  const rates = { dial: { unit: 'second', costPerUnit: 1 }, record: { unit: 'flat', costPerUnit: 2 } } as const
  const current: RateCard = { version: 1, effectiveFromMs: 1, rates: ratesFrom({ rates }) }
  expect(nextCard(current, ratesFrom({ rates: { record: rates.record, dial: rates.dial } }), 9)).toBeUndefined()
})

test.each([
  ['another unit', { unit: 'minute', costPerUnit: 1 }],
  ['another cost', { unit: 'second', costPerUnit: 1.000001 }],
  ['a minimum', { unit: 'second', costPerUnit: 1, minDurationMs: 10_000 }],
  ['an increment', { unit: 'second', costPerUnit: 1, incrementMs: 1_000 }],
] as const)('given a card, when %s is asked for, then there is a new version', (_title, dial) => {
  expect(nextCard(card(1, 1), ratesFrom({ rates: { dial } }), 9)?.version).toBe(2)
})

test('every field at fault is named', () => {
  const read = () =>
    ratesFrom({
      rates: {
        dial: { unit: 'second', costPerUnit: 0.0000001 },
        sms: { unit: 'flat', costPerUnit: 0.5, minDurationMs: 1_000, incrementMs: 1_000 },
      },
    })
  expect(read).toThrow(
    expect.objectContaining({
      name: 'ValidationError',
      details: [
        { pointer: '/rates/dial/costPerUnit', message: 'rates.dial.costPerUnit must have six decimals at most' },
        { pointer: '/rates/sms/minDurationMs', message: 'rates.sms.minDurationMs must not be given with the unit flat' },
        { pointer: '/rates/sms/incrementMs', message: 'rates.sms.incrementMs must not be given with the unit flat' },
      ],
    }),
  )
})
