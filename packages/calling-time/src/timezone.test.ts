import { expect, test } from 'vitest'
import { isTimezone, timezoneOfCountry, timezonesOfCountry } from './timezone.ts'

const now = Date.UTC(2026, 5, 1)

test.each([
  ['Africa/Casablanca', true],
  ['Europe/Paris', true],
  ['Etc/GMT+3', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['+01:00', false],
  ['', false],
  ['Europe/Paris ', false],
])('%j is a time zone: %s', (name, expected) => {
  expect(isTimezone(name)).toBe(expected)
})

test.each([
  ['MA', 'Africa/Casablanca'],
  ['FR', 'Europe/Paris'],
  ['DE', 'Europe/Berlin'],
  ['US', null],
  ['AU', null],
  ['ES', null],
  ['ZZ', null],
  ['', null],
  ['FRA', null],
])('the only time zone of %j is %s', (country, timezone) => {
  expect(timezoneOfCountry(country, now)).toBe(timezone)
})

test('a country with several time zones has them all', () => {
  expect(timezonesOfCountry('US')).toEqual(expect.arrayContaining(['America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu']))
})

test('an unknown country has no time zones', () => {
  expect(timezonesOfCountry('ZZ')).toEqual([])
  expect(timezonesOfCountry('nowhere')).toEqual([])
})
