import { describe, expect, test } from 'vitest'
import { countryOf, parsePhoneNumber, phoneRejectionTexts } from './phone-number.ts'

describe('a Moroccan organization', () => {
  test.each([
    ['the local form', '0612345678'],
    ['the international form', '+212612345678'],
    ['the international form without its plus', '212612345678'],
    ['the local form that lost its zero in a spreadsheet', '612345678'],
    ['spaces', '06 12 34 56 78'],
    ['dots', '06.12.34.56.78'],
    ['dashes', '06-12-34-56-78'],
    ['brackets', '(06) 12 34 56 78'],
    ['a bracketed trunk zero', '+212 (0)6 12 34 56 78'],
    ['a trunk zero behind the calling code', '+2120612345678'],
    ['the 00 prefix', '00212612345678'],
    ['the 00 prefix with spaces', '00 212 6 12 34 56 78'],
    ['both prefixes at once', '+00212612345678'],
    ['a tel: URI', 'tel:+212-612-345-678'],
    ['a tel: URI with parameters', 'TEL:+212612345678;phone-context=example.com'],
    ['an apostrophe before it', "'0612345678"],
    ['an equals sign before it', '=0612345678'],
    ['a text formula', '="0612345678"'],
    ['non-breaking spaces', '\u00a006\u00a012\u202f34\u00a056\u00a078\u00a0'],
    ['the direction marks of a copied contact', '\u202a+212 612-345678\u202c'],
    ['a byte-order mark', '\ufeff0612345678'],
    ['a float', '212612345678.0'],
    ['an exponent that kept every digit', '2.12612345678E11'],
    ['Arabic digits', '٠٦١٢٣٤٥٦٧٨'],
    ['full-width digits', '\uff0b\uff12\uff11\uff12\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18'],
    ['blanks around it', '  0612345678\t'],
    ['a parenthesis before the plus', '(+212) 612345678'],
    ['a parenthesis before the plus, and a trunk zero', '(+212) (0)6 12 34 56 78'],
    ['a parenthesis around it all', '(+212 612 345678)'],
    ['a label before it', 'Mobile: 06 12 34 56 78'],
    ['a link to a chat', 'https://wa.me/212612345678'],
    ['a word after it', '+212 6 12 34 56 78 (home)'],
    ['a semicolon after it', '0612345678;'],
  ])('%s is read', (_form, raw) => {
    expect(parsePhoneNumber(raw, 'MA')).toEqual({ ok: true, number: '+212612345678' })
  })

  test.each([
    ['', 'empty'],
    [' \u00a0\u200b ', 'empty'],
    ['=""', 'empty'],
    ['abc', 'not_a_number'],
    ['N/A', 'not_a_number'],
    ['-', 'not_a_number'],
    ['+', 'not_a_number'],
    ['0612 ABCDEF', 'not_a_number'],
    ['person@example.com', 'not_a_number'],
    ['2.12612E+11', 'digits_lost'],
    ['2,12612E+11', 'digits_lost'],
    ['6.12345e8', 'digits_lost'],
    ['0612345678 ext 5', 'has_extension'],
    ['tel:+212612345678;ext=5', 'has_extension'],
    ['+999123456', 'unknown_country_code'],
    ['06123', 'too_short'],
    ['6001', 'too_short'],
    ['06123456789', 'too_long'],
    ['0612345678/0612345679', 'too_long'],
    ['(+212) 612345678 / (+212) 612345679', 'several_numbers'],
    ['Mobile 0612345678, home 0522345678', 'several_numbers'],
    ['0612345678;0612345679', 'several_numbers'],
    ['0612345678, 0522345678', 'several_numbers'],
    ['Mobile 2: 0612345678', 'other_digits'],
    ['0612345678 (call after 18h)', 'other_digits'],
    ['Mobile: 0612345678 ext 5', 'has_extension'],
    ['Invoice 912345678', 'not_a_number'],
    ['A0612345678', 'not_a_number'],
    ['1 2 3 4 5 6 7 8 9 10 11 12 a', 'not_a_number'],
    ['+2126123456789012345', 'too_long'],
  ])('%j is rejected: %s', (raw, reason) => {
    expect(parsePhoneNumber(raw, 'MA')).toEqual({ ok: false, reason })
  })

  test('a number of another country is read in its international form', () => {
    expect(parsePhoneNumber('+33 6 12 34 56 78', 'MA')).toEqual({ ok: true, number: '+33612345678' })
  })

  test('a number of a range that is not assigned counts, like the DIDs of the contract', () => {
    expect(parsePhoneNumber('+212500000001', 'MA')).toEqual({ ok: true, number: '+212500000001' })
  })
})

test.each([
  ['blanks', ' '.repeat(100_000)],
  ['blanks between letters', `a${' '.repeat(100_000)}b`],
  ['apostrophes', "'".repeat(100_000)],
  ['digits', '1 '.repeat(100_000)],
  ['semicolons', '; '.repeat(100_000)],
  ['parentheses', `a${'('.repeat(100_000)}`],
  ['zero-width characters', '\u200b'.repeat(100_000)],
])('a long text of %s is refused at once', (_what, raw) => {
  const startedAtMs = performance.now()
  expect(parsePhoneNumber(raw, 'MA').ok).toBe(false)
  expect(performance.now() - startedAtMs).toBeLessThan(1_000)
})

test('a number with many blanks around it is read', () => {
  expect(parsePhoneNumber(`${' '.repeat(1_000)}0612345678${' '.repeat(1_000)}`, 'MA')).toEqual({ ok: true, number: '+212612345678' })
})

test('a length between two possible ones is impossible', () => {
  expect(parsePhoneNumber('+376 222 2222', 'AD')).toEqual({ ok: false, reason: 'impossible' })
})

test.each([
  ['US', '(212) 555-0123', '+12125550123'],
  ['US', '011 212 612 345678', '+212612345678'],
  ['US', '00212612345678', '+212612345678'],
  ['AU', '0011 212 612 345678', '+212612345678'],
  ['AU', '00 212 612 345678', '+212612345678'],
  ['IT', '06 1234 5678', '+390612345678'],
  ['FR', '06 12 34 56 78', '+33612345678'],
])('in %s, %s is %s', (country, raw, number) => {
  expect(parsePhoneNumber(raw, country)).toEqual({ ok: true, number })
})

test('without a known country only the international form is read', () => {
  expect(parsePhoneNumber('+212612345678', 'ZZ')).toEqual({ ok: true, number: '+212612345678' })
  expect(parsePhoneNumber('0612345678', 'ZZ')).toEqual({ ok: false, reason: 'unknown_country_code' })
})

test('a trunk extension is read if extensions are allowed, and so is a phone number', () => {
  const read = (raw: string) => parsePhoneNumber(raw, 'MA', { extensions: true })
  expect(read('6001')).toEqual({ ok: true, number: '6001' })
  expect(read("'1000")).toEqual({ ok: true, number: '1000' })
  expect(read('0612345678')).toEqual({ ok: true, number: '+212612345678' })
})

test.each(['15', '112', '911'])('%s, an emergency code, is not an extension', (raw) => {
  expect(parsePhoneNumber(raw, 'MA', { extensions: true })).toEqual({ ok: false, reason: 'too_short' })
})

test('an E.164 number is read as itself', () => {
  for (const number of ['+212612345678', '+12125550123', '+390612345678', '+8835100012345', '+442079460000']) {
    expect(parsePhoneNumber(number, 'MA')).toEqual({ ok: true, number })
  }
})

test('every rejection has a text', () => {
  expect(Object.values(phoneRejectionTexts).every((text) => text.length > 10)).toBe(true)
})

test.each([
  ['+212612345678', 'MA'],
  ['+12125550123', 'US'],
  ['+14165550123', 'CA'],
  ['+79161234567', 'RU'],
  ['+77011234567', 'KZ'],
  ['+8835100012345', null],
  ['6001', null],
])('%s belongs to %s', (number, country) => {
  expect(countryOf(number)).toBe(country)
})
