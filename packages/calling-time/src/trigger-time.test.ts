import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { triggerTimes } from './trigger-time.ts'

const condition = (direction: 'before' | 'after', days = 0, hours = 0, minutes = 0): TriggerCondition => ({
  type: 'date',
  attributeName: 'due',
  direction,
  offset: { days, hours, minutes },
})
const triggerTime = (value: unknown, when: TriggerCondition, timezone: string) => triggerTimes(when, timezone)(value)
const isoOf = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString())

test.each([
  ['2026-03-20T10:00:00.000Z', condition('before', 2), 'Africa/Casablanca', '2026-03-18T10:00:00.000Z'],
  ['2026-03-20', condition('before', 2, 15), 'UTC', '2026-03-17T09:00:00.000Z'],
  ['2026-03-20', condition('after', 0, 9, 30), 'Europe/Paris', '2026-03-20T08:30:00.000Z'],
  // The clocks of Paris go forward on 29 March 2026: the day before has another offset.
  ['2026-03-30T07:00:00.000Z', condition('before', 2), 'Europe/Paris', '2026-03-28T08:00:00.000Z'],
  ['2026-03-29', condition('after', 1), 'Europe/Paris', '2026-03-29T22:00:00.000Z'],
  // 2:30 does not exist there on that day, and moves forward by the gap.
  ['2026-03-28T01:30:00.000Z', condition('after', 1), 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
  // Midnight does not exist in Cairo on 24 April 2026.
  ['2026-04-24', condition('before'), 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
] as const)('%s, %j in %s is %s', (value, when, timezone, expected) => {
  expect(isoOf(triggerTime(value, when, timezone))).toBe(expected)
})

test.each([null, undefined, 5, true, '', 'tomorrow', '0001-01-01', '9999-12-31'])('%j gives no trigger', (value) => {
  expect(triggerTime(value, condition('after', 1), 'UTC')).toBeNull()
})

const zones = [
  ...['Europe/Paris', 'America/New_York', 'Africa/Casablanca', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Tehran'],
  ...['America/Santiago', 'Pacific/Auckland', 'Asia/Kolkata', 'America/St_Johns'],
]

/** Instants around every change of the clocks of a zone in some years. */
function changesOf(zone: string): number[] {
  const changes: number[] = []
  const hour = 3_600_000
  let before = DateTime.fromMillis(Date.UTC(2024, 0), { zone }).offset
  for (let atMs = Date.UTC(2024, 0); atMs < Date.UTC(2027, 0); atMs += hour) {
    const { offset } = DateTime.fromMillis(atMs, { zone })
    if (offset !== before) changes.push(atMs)
    before = offset
  }
  return changes.length > 0 ? changes : [Date.UTC(2026, 2, 29)]
}

test('around every change of the clocks, days keep the time of day where it exists, and hours are exact', () => {
  for (const zone of zones) {
    const changes = changesOf(zone)
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.integer({ min: -72 * 60, max: 72 * 60 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom('before' as const, 'after' as const),
        (changeMs, minutesAway, days, hours, direction) => {
          const value = new Date(changeMs + minutesAway * 60_000).toISOString()
          const atMs = triggerTime(value, condition(direction, days, hours), zone)
          const sign = direction === 'before' ? -1 : 1
          const date = DateTime.fromISO(value, { zone })
          const movedMs = (atMs ?? Number.NaN) - sign * hours * 3_600_000
          const moved = DateTime.fromMillis(movedMs, { zone })
          if (days === 0) return movedMs === date.toMillis()
          const wanted = date.plus({ days: sign * days })
          const isThere = wanted.hour === date.hour && wanted.minute === date.minute
          if (!isThere) return movedMs === wanted.toMillis()
          return moved.hour === date.hour && moved.minute === date.minute && moved.hasSame(wanted, 'day')
        },
      ),
      { numRuns: 200 },
    )
  }
})

test('a date that comes again has the same time, however many came in between', () => {
  const times = triggerTimes(condition('before', 2), 'Europe/Paris')
  const dates = Array.from({ length: 12_000 }, (_, index) => new Date(Date.UTC(2026, 0) + index * 3_600_000).toISOString())
  const first = dates.map(times)
  expect(dates.map(times)).toEqual(first)
  expect(first.slice(0, 100)).toEqual(dates.slice(0, 100).map((date) => triggerTime(date, condition('before', 2), 'Europe/Paris')))
})

test('an unknown time zone is an error', () => {
  expect(() => triggerTimes(condition('after'), 'Mars/Olympus')).toThrow(RangeError)
})

test('a day begins at its first instant in the zone', () => {
  for (const zone of zones) {
    fc.assert(
      fc.property(fc.date({ min: new Date('2024-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }), (date) => {
        const value = date.toISOString().slice(0, 10)
        return triggerTime(value, condition('after'), zone) === DateTime.fromISO(value, { zone }).startOf('day').toMillis()
      }),
      { numRuns: 200 },
    )
  }
})
