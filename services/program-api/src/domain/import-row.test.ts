import { describe, expect, test } from 'vitest'
import { dateReading } from './attribute-date.ts'
import { type RowReading, readRow } from './import-row.ts'

const dates = dateReading([], 'MA', 'Africa/Casablanca')
const headers = ['Phone', 'First', 'Last', 'Name', 'Credit', 'Due', 'VIP', 'City', '']
const reading: RowReading = {
  headers,
  columns: { phone: 0, firstName: 1, lastName: 2, fullName: { index: 3, lastNameFirst: false } },
  attributes: [
    { index: 4, header: 'Credit', slug: 'credit', type: 'number', dates },
    { index: 5, header: 'Due', slug: 'due', type: 'date', dates },
    { index: 6, header: 'VIP', slug: 'vip', type: 'boolean', dates },
    { index: 7, header: 'City', slug: 'city', type: 'text', dates },
  ],
  country: 'MA',
  extensions: false,
}
const read = (fields: string[], overrides: Partial<RowReading> = {}) =>
  readRow({ fields, strayQuote: false, tooLong: false }, { ...reading, ...overrides })

test('a complete row becomes a contact', () => {
  expect(read(['06 12 34 56 78', ' Ahmed ', 'Ben\nAli', '', '12,5', '20/03/2026', 'oui', ' Fès '])).toEqual({
    ok: true,
    contact: {
      phone: '+212612345678',
      firstName: 'Ahmed',
      lastName: 'Ben Ali',
      attributes: { credit: 12.5, due: '2026-03-20', vip: true, city: 'Fès' },
    },
    warnings: [],
  })
})

test('missing and empty cells give no value', () => {
  const bare = { phone: '+212612345678', firstName: null, lastName: null, attributes: {} }
  expect(read(['0612345678'])).toEqual({ ok: true, contact: bare, warnings: [] })
  expect(read(['0612345678', '', ' ', '', '', '', '', '\u00a0'])).toEqual({ ok: true, contact: bare, warnings: [] })
})

test('a value that does not fit its type is dropped with a warning', () => {
  const row = read(['0612345678', 'A'.repeat(201), '', '', 'abc', '31/02/2026', 'maybe', 'x'.repeat(2001), 'extra', 'more'])
  expect(row).toMatchObject({ ok: true, contact: { phone: '+212612345678', firstName: null, attributes: {} } })
  expect(row.ok && row.warnings.map(({ column, reason }) => [column, reason])).toEqual([
    ['First', 'text_too_long'],
    ['Credit', 'number_expected'],
    ['Due', 'date_expected'],
    ['VIP', 'boolean_expected'],
    ['City', 'text_too_long'],
    [null, 'no_header'],
  ])
})

test.each([
  ['', 'empty'],
  ['abc', 'not_a_number'],
  ['0612', 'too_short'],
  ['2.12E+11', 'digits_lost'],
  ['6001', 'too_short'],
])('a row with the phone %j is rejected: %s', (value, reason) => {
  expect(read([value, 'Ahmed'])).toEqual({ ok: false, reason, value })
})

test('a trunk extension is a phone number if extensions are allowed', () => {
  expect(read(['6001'], { extensions: true })).toMatchObject({ ok: true, contact: { phone: '6001' } })
})

test('a row that is too long is rejected with its beginning', () => {
  expect(readRow({ fields: ['06;A'], strayQuote: false, tooLong: true }, reading)).toEqual({
    ok: false,
    reason: 'row_too_long',
    value: '06;A',
  })
})

test('an unclosed quote gives a warning, and the row is imported', () => {
  expect(readRow({ fields: ['0612345678', '"Ahmed'], strayQuote: true, tooLong: false }, reading)).toMatchObject({
    ok: true,
    contact: { firstName: '"Ahmed' },
    warnings: [{ column: null, reason: 'stray_quote' }],
  })
})

describe('a full name', () => {
  test.each([
    ['Ahmed', false, 'Ahmed', null],
    ['Ahmed Ben Ali', false, 'Ahmed', 'Ben Ali'],
    ['Ben Ali, Ahmed', false, 'Ahmed', 'Ben Ali'],
    ['BEN ALI Ahmed', true, 'Ahmed', 'BEN ALI'],
  ])('%j (last name first: %s) is %j %j', (name, lastNameFirst, firstName, lastName) => {
    const columns = { phone: 0, firstName: null, lastName: null, fullName: { index: 3, lastNameFirst } }
    expect(read(['0612345678', '', '', name], { columns })).toMatchObject({ ok: true, contact: { firstName, lastName } })
  })

  test('gives way to columns for the first and the last name', () => {
    expect(read(['0612345678', 'Ahmed', '', 'Mr Ben Ali'])).toMatchObject({ contact: { firstName: 'Ahmed', lastName: 'Ben Ali' } })
  })
})
