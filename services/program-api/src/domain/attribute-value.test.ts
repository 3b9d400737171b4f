import { describe, expect, test } from 'vitest'
import { dateReading } from './attribute-date.ts'
import { checkValue, inferType, readCell } from './attribute-value.ts'

const dates = dateReading([], 'MA', 'Africa/Casablanca')
const monthFirst = dateReading([], 'US', 'America/New_York')

describe('the type of a column', () => {
  test.each<[string, string[], string]>([
    ['whole numbers', ['1', '0', '-25'], 'number'],
    ['decimals of both kinds', ['1.5', '2,75', '1 234,50', '1,234.50', '1.234.567'], 'number'],
    ['ones and zeros', ['1', '0'], 'number'],
    ['codes with a leading zero', ['12', '007'], 'text'],
    ['more digits than a number holds', ['1234567890123456'], 'text'],
    ['what may be thousands or decimals', ['1,234'], 'text'],
    ['exponents', ['1e5'], 'text'],
    ['yes and no', ['Yes', 'no'], 'boolean'],
    ['oui et non', ['OUI', 'non'], 'boolean'],
    ['true and a number', ['true', '5'], 'text'],
    ['ISO days', ['2026-03-20', '2026/3/1'], 'date'],
    ['days of the country', ['20/03/2026', '1.4.2026', '01-12-2026'], 'date'],
    ['instants', ['2026-03-20T10:00:00Z', '20/03/2026 10:00'], 'date'],
    ['an impossible day', ['2026-02-30'], 'text'],
    ['words', ['abc', '5'], 'text'],
    ['nothing', [], 'text'],
  ])('of %s', (_name, values, type) => {
    expect(inferType(values, dates)).toBe(type)
  })
})

describe('a cell', () => {
  test.each<[Parameters<typeof readCell>[0], string, unknown]>([
    ['number', '1 234,50', 1234.5],
    ['number', '1,234.50', 1234.5],
    ['number', '1.234,50', 1234.5],
    ['number', '12,345,678', 12_345_678],
    ['number', '-0', -0],
    ['boolean', '1', true],
    ['boolean', 'Non', false],
    ['text', '007', '007'],
    ['date', '2026-03-20', '2026-03-20'],
    ['date', '1/4/2026', '2026-04-01'],
    ['date', '20.03.2026 09:30', '2026-03-20T09:30:00.000Z'],
    ['date', '2026-07-20 09:30', '2026-07-20T08:30:00.000Z'],
    ['date', '2026-03-20T10:00:00+02:00', '2026-03-20T08:00:00.000Z'],
    ['date', '2026-03-20T10:00:00.5Z', '2026-03-20T10:00:00.500Z'],
  ])('of type %s: %j is %j', (type, text, value) => {
    expect(readCell(type, text, dates)).toEqual({ ok: true, value })
  })

  test.each<[Parameters<typeof readCell>[0], string, string]>([
    ['number', '1,234', 'ambiguous_number'],
    ['number', '12a', 'number_expected'],
    ['number', '1,23,4', 'number_expected'],
    ['boolean', 'maybe', 'boolean_expected'],
    ['date', '31/02/2026', 'date_expected'],
    ['date', '2026-03-20 25:00', 'date_expected'],
    ['date', '12/05/26', 'date_expected'],
    ['date', '2026-03-20x', 'date_expected'],
    ['text', 'x'.repeat(2001), 'text_too_long'],
  ])('of type %s: %j is refused: %s', (type, text, reason) => {
    expect(readCell(type, text, dates)).toEqual({ ok: false, reason })
  })
})

describe('whether the day or the month comes first', () => {
  const read = (text: string, reading: typeof dates) => readCell('date', text, reading)

  test('the country decides', () => {
    expect(read('04/05/2026', dates)).toEqual({ ok: true, value: '2026-05-04' })
    expect(read('04/05/2026', monthFirst)).toEqual({ ok: true, value: '2026-04-05' })
  })

  test('a value that can be read in only one way decides before the country', () => {
    expect(read('04/05/2026', dateReading(['04/05/2026', '04/13/2026'], 'MA', 'UTC'))).toEqual({ ok: true, value: '2026-04-05' })
    expect(read('04/05/2026', dateReading(['13/04/2026'], 'US', 'UTC'))).toEqual({ ok: true, value: '2026-05-04' })
  })
})

test.each<[Parameters<typeof checkValue>[0], string | number | boolean, object]>([
  ['text', 'abc', { ok: true, value: 'abc' }],
  ['text', 5, { ok: false, reason: 'text_expected' }],
  ['text', 'a\0', { ok: false, reason: 'text_expected' }],
  ['text', '\ud800', { ok: false, reason: 'text_expected' }],
  ['number', 1.5, { ok: true, value: 1.5 }],
  ['number', '1.5', { ok: false, reason: 'number_expected' }],
  ['boolean', false, { ok: true, value: false }],
  ['boolean', 'true', { ok: false, reason: 'boolean_expected' }],
  ['date', '2026-03-20', { ok: true, value: '2026-03-20' }],
  ['date', '2026-03-20T10:00:00+01:00', { ok: true, value: '2026-03-20T09:00:00.000Z' }],
  ['date', '2026-03-20T10:00:00', { ok: false, reason: 'date_expected' }],
  ['date', '20/03/2026', { ok: false, reason: 'date_expected' }],
  ['date', 5, { ok: false, reason: 'date_expected' }],
])('as JSON, for an attribute of type %s: %j gives %j', (type, value, expected) => {
  expect(checkValue(type, value)).toEqual(expected)
})
