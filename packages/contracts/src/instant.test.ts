import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromIso, toIso } from './instant.ts'

test('an instant is written in UTC with milliseconds', () => {
  expect(toIso(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02T03:04:05.006Z')
})

test.each([
  ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['2026-01-02T03:04:05.006+01:00', Date.UTC(2026, 0, 2, 2, 4, 5, 6)],
])('%s is read with its offset', (text, epochMs) => {
  expect(fromIso(text)).toBe(epochMs)
})

test.each(['', 'tomorrow', '2026-13-01T00:00:00Z', '2016-12-31T23:59:60Z'])('%j is refused', (text) => {
  expect(() => fromIso(text)).toThrow(RangeError)
})

test('what is written is read as the same instant', () => {
  const instants = fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  fc.assert(fc.property(instants, (date) => fromIso(toIso(date.getTime())) === date.getTime()))
})
