import { expect, test } from 'vitest'
import { isRequestInstant } from './formats.ts'

test.each([
  ['2000-01-01T00:00:00Z', true],
  ['2100-12-31T23:59:59.999Z', true],
  ['2000-01-01T00:00:00+00:01', false],
  ['2100-12-31T23:59:59-00:01', false],
  ['0001-01-01T00:00:00+14:00', false],
  ['9999-12-31T23:59:59-12:00', false],
  ['2026-12-31T23:59:60Z', false],
  ['2026-03-01T09:00:00', false],
])('%s is an instant of a request: %s', (text, isOne) => {
  expect(isRequestInstant(text)).toBe(isOne)
})
