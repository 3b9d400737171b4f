import { expect, test } from 'vitest'
import { firstOpen } from './open-time.ts'
import { compilePauseWindows } from './pause-windows.ts'

const at = (time: string) => Date.parse(`2026-03-02T${time}:00Z`)
const window = (from: number, to: number) => ({ startAt: { hour: from, minute: 0 }, endAt: { hour: to, minute: 0 } })
const lunch = compilePauseWindows({ monday: [window(12, 13), window(13, 14)] }, 'UTC')
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const always = compilePauseWindows(Object.fromEntries(days.map((day) => [day, [window(0, 0)]])), 'UTC')

test.each([
  ['outside of a pause', lunch, '11:00', undefined, '11:00'],
  ['in a pause', lunch, '12:30', undefined, '14:00'],
  ['in a pause that ends just in time', lunch, '12:30', '14:01', '14:00'],
  ['in a pause that ends too late', lunch, '12:30', '14:00', null],
  ['at a start that is not before the end', lunch, '11:00', '11:00', null],
  ['in a pause without an end', always, '11:00', undefined, null],
])('%s', (_what, windows, from, until, expected) => {
  expect(firstOpen(windows, at(from), until === undefined ? undefined : at(until))).toBe(expected === null ? null : at(expected))
})
