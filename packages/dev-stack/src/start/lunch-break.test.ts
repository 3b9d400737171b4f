import { expect, test } from 'vitest'
import { lunchBreak } from './lunch-break.ts'

test.for([
  ['in the morning', '2025-12-15T10:02:00Z', { monday: [{ startAt: { hour: 11, minute: 25 }, endAt: { hour: 11, minute: 55 } }] }],
  ['on a round minute', '2025-12-15T10:00:00Z', { monday: [{ startAt: { hour: 11, minute: 20 }, endAt: { hour: 11, minute: 50 } }] }],
  ['over midnight', '2025-12-15T22:27:00Z', { monday: [{ startAt: { hour: 23, minute: 50 }, endAt: { hour: 0, minute: 20 } }] }],
  ['after midnight', '2025-12-15T22:41:00Z', { tuesday: [{ startAt: { hour: 0, minute: 5 }, endAt: { hour: 0, minute: 35 } }] }],
] as const)('a program that starts %s rests half an hour, 20 to 25 minutes later by the local clock', ([, now, expected]) => {
  expect(lunchBreak(Date.parse(now), 'Africa/Casablanca')).toEqual(expected)
})
