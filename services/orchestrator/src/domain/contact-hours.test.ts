import { expect, test } from 'vitest'
import { contactHours } from './contact-hours.ts'

// 2 March 2026 is a Monday. Paris is an hour ahead of UTC then, London is not.
const at = (time: string) => Date.parse(`2026-03-02T${time}:00Z`)
const hours = contactHours({ monday: [{ startAt: { hour: 9, minute: 0 }, endAt: { hour: 18, minute: 30 } }] }, 'UTC')
const paris = '+33612345678'
const london = '+447911123456'

test('each contact is called by the clock of its own country', () => {
  expect(hours.nextOpen(paris, at('08:15'))).toBe(at('08:15'))
  expect(hours.nextOpen(london, at('08:15'))).toBe(at('09:00'))
})

test('a number without a country is called by the clock of the program', () => {
  expect(hours.nextOpen('6001', at('08:15'))).toBe(at('09:00'))
})

test('an order ends at the contact’s closing time', () => {
  expect(hours.openUntil(london, at('18:00'), at('18:10'))).toBe(at('18:10'))
  expect(hours.openUntil(london, at('18:25'), at('18:45'))).toBe(at('18:30'))
  expect(hours.openUntil(paris, at('17:25'), at('17:45'))).toBe(at('17:30'))
})

test('an order begins at the contact’s opening time', () => {
  expect(hours.openSince(london, at('10:00'), at('09:50'))).toBe(at('09:50'))
  expect(hours.openSince(london, at('09:05'), at('08:45'))).toBe(at('09:00'))
  expect(hours.openSince(paris, at('08:05'), at('07:45'))).toBe(at('08:00'))
})

test('a contact that may never be called has no next opening', () => {
  expect(contactHours({}, 'UTC').nextOpen(paris, at('10:00'))).toBeNull()
})
