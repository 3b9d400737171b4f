import { type CallingHours, weekdays } from '@carillon/contracts/program'
import { describe, expect, test } from 'vitest'
import { compileCallingHours } from './calling-hours.ts'
import { timezonesOfCountry } from './timezone.ts'

const utc = (text: string) => Date.parse(`${text}Z`)
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 16))
const hours = (from: number, to: number) => [{ startAt: { hour: from, minute: 0 }, endAt: { hour: to, minute: 0 } }]
const everyDay = (from: number, to: number): CallingHours => Object.fromEntries(weekdays.map((weekday) => [weekday, hours(from, to)]))

describe('nine to eight on weekdays', () => {
  const office: CallingHours = { ...everyDay(9, 20), saturday: [], sunday: [] }

  test.each<[string, string, boolean]>([
    ['Africa/Casablanca', '2026-01-05T08:00', true],
    ['Africa/Casablanca', '2026-01-05T07:59', false],
    ['Europe/Paris', '2026-01-05T19:00', false],
    ['Europe/Paris', '2026-07-06T07:00', true],
    ['America/New_York', '2026-01-05T13:59', false],
    ['America/New_York', '2026-01-06T00:30', true],
    ['America/New_York', '2026-01-10T15:00', false],
  ])('in %s at %s UTC: open %s', (timezone, instant, open) => {
    expect(compileCallingHours(office, [timezone]).isOpen(utc(instant))).toBe(open)
  })

  test.each([
    ['2026-01-05T10:00', '2026-01-05T10:00'],
    ['2026-01-05T03:00', '2026-01-05T08:00'],
    ['2026-01-05T19:00', '2026-01-06T08:00'],
    ['2026-01-09T19:00', '2026-01-12T08:00'],
    // Summer time starts on the Sunday between.
    ['2026-03-27T20:00', '2026-03-30T07:00'],
  ])('in Paris, from %s the next open moment is %s', (instant, open) => {
    expect(iso(compileCallingHours(office, ['Europe/Paris']).nextOpen(utc(instant)))).toBe(open)
  })
})

describe('a contact of whom only the country is known', () => {
  const usa = compileCallingHours(everyDay(9, 20), timezonesOfCountry('US'))

  test.each<[string, boolean]>([
    ['2026-01-05T14:30', false], // New York is open, Honolulu is not
    ['2026-01-05T19:30', true], // 14:30 in New York, 09:30 in Honolulu
    ['2026-01-06T01:00', false], // New York has closed
  ])('is called only while every time zone of the country is open: %s %s', (instant, open) => {
    expect(usa.isOpen(utc(instant))).toBe(open)
  })

  test('is called when the last of them has opened', () => {
    expect(iso(usa.nextOpen(utc('2026-01-05T14:30')))).toBe('2026-01-05T19:00')
    expect(iso(usa.nextOpen(utc('2026-01-06T01:00')))).toBe('2026-01-06T19:00')
  })

  test('is never called if their hours do not overlap', () => {
    const never = compileCallingHours(everyDay(9, 11), ['America/New_York', 'Pacific/Honolulu'])
    expect(never.nextOpen(utc('2026-01-05T14:30'))).toBeNull()
  })
})

test('a week without hours is never open, and a week of whole days is always open', () => {
  const never = compileCallingHours({}, ['Europe/Paris'])
  expect(never.isOpen(0)).toBe(false)
  expect(never.nextOpen(0)).toBeNull()
  const always = compileCallingHours(everyDay(0, 0), ['Europe/Paris', 'Asia/Tokyo'])
  expect(always.isOpen(0)).toBe(true)
  expect(always.nextOpen(7)).toBe(7)
})

test('hours past midnight are open on the following morning', () => {
  const late = compileCallingHours({ friday: hours(20, 2) }, ['UTC'])
  expect(late.isOpen(utc('2026-01-10T01:59'))).toBe(true)
  expect(late.isOpen(utc('2026-01-10T02:00'))).toBe(false)
})

test('an unknown time zone, or none at all, is an error', () => {
  expect(() => compileCallingHours({}, ['Mars/Olympus'])).toThrow(RangeError)
  expect(() => compileCallingHours({}, [])).toThrow(RangeError)
})
