import fc from 'fast-check'
import { getCountries, getExampleNumber, type PhoneNumber } from 'libphonenumber-js'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, test } from 'vitest'
import { parsePhoneNumber } from './phone-number.ts'

/** A number of each country, as libphonenumber gives it for an example. */
const exampleNumbers = getCountries().flatMap((country) => getExampleNumber(country, examples) ?? [])
const exampleNumber = fc.constantFrom(...exampleNumbers)

const code = (number: PhoneNumber) => number.countryCallingCode
/** `06 12 34 56 78`, with the trunk prefix where the country has one. */
const local = (number: PhoneNumber) => number.formatNational()
/** `6 12 34 56 78`: what stands behind the calling code. */
const behindCode = (number: PhoneNumber) => number.formatInternational().slice(code(number).length + 2)
const zeroWidths = (text: string) => text.replaceAll(/(?<=\d)(?=\d)/g, '\u200b')
const fullWidth = (text: string) => text.replaceAll(/[+\d]/g, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0))
const arabicDigits = (text: string) => text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)))

const internationalNotations: Record<string, (number: PhoneNumber) => string> = {
  'E.164': (number) => number.number,
  'the calling code without a plus': (number) => number.number.slice(1),
  spaces: (number) => number.formatInternational(),
  dashes: (number) => number.formatInternational().replaceAll(' ', '-'),
  'long dashes': (number) => number.formatInternational().replaceAll(' ', ' – '),
  dots: (number) => number.formatInternational().replaceAll(' ', '.'),
  slashes: (number) => `+${code(number)}/${number.nationalNumber}`,
  'the 00 prefix': (number) => `00${number.number.slice(1)}`,
  'the 00 prefix with spaces': (number) => number.formatInternational().replace('+', '00 '),
  'a parenthesis before the plus': (number) => `(+${code(number)}) ${number.nationalNumber}`,
  'a parenthesis before the plus, without a space': (number) => `(+${code(number)})${number.nationalNumber}`,
  'a parenthesis before the plus, with spaces': (number) => `( +${code(number)} ) ${behindCode(number)}`,
  'a parenthesis before the 00 prefix': (number) => `(00${code(number)}) ${behindCode(number)}`,
  'a parenthesis behind the plus': (number) => `+(${code(number)}) ${behindCode(number)}`,
  'a parenthesis around it all': (number) => `(${number.formatInternational()})`,
  'a bracket before the plus': (number) => `[+${code(number)}] ${behindCode(number)}`,
  'full-width parentheses': (number) => `（＋${code(number)}） ${behindCode(number)}`,
  'a tel: URI': (number) => number.getURI(),
  'a tel: URI with a parameter': (number) => `${number.getURI()};phone-context=example.com`,
  'non-breaking spaces': (number) => number.formatInternational().replaceAll(' ', '\u00a0'),
  'thin spaces': (number) => number.formatInternational().replaceAll(' ', '\u2009'),
  'ideographic spaces': (number) => number.formatInternational().replaceAll(' ', '\u3000'),
  'zero-width spaces': (number) => zeroWidths(number.number),
  'full-width digits': (number) => fullWidth(number.number),
  'Arabic digits': (number) => arabicDigits(number.number),
  'a label before it': (number) => `Mobile: ${number.formatInternational()}`,
  'a label with a parenthesis behind it': (number) => `WhatsApp (+${code(number)}) ${behindCode(number)}`,
  'a word in parentheses after it': (number) => `${number.number} (home)`,
  'a name after it': (number) => `${number.formatInternational()} Ahmed`,
  'a full stop after it': (number) => `${number.number}.`,
}

const localNotations: Record<string, (number: PhoneNumber) => string> = {
  'the national form': local,
  'the national form without spaces': (number) => local(number).replaceAll(/\D/g, ''),
  'the national form with dots': (number) => local(number).replaceAll(/[\s-]+/g, '.'),
  'the national form with non-breaking spaces': (number) => local(number).replaceAll(' ', '\u00a0'),
  'the national form in full-width digits': (number) => fullWidth(local(number)),
  'the national form after a label': (number) => `Tel. ${local(number)}`,
  'the national form with a quote before it': (number) => `'${local(number)}`,
}

/** Countries whose own rules give these notations another meaning, by libphonenumber: a local number there may begin with the same digits. */
const readOtherwise = new Map<string, ReadonlySet<string>>([
  ['the calling code without a plus', new Set(['DE', 'ID', 'XK'])],
  ['the 00 prefix', new Set(['CO', 'ID', 'JP'])],
  ['the 00 prefix with spaces', new Set(['CO', 'ID', 'JP'])],
  ['a parenthesis before the 00 prefix', new Set(['CO', 'ID', 'JP'])],
])

/** What was not read as the number that was written. */
function misread(country: string, number: PhoneNumber, text: string): string[] {
  const parsed = parsePhoneNumber(text, country)
  if (parsed.ok && parsed.number === number.number) return []
  return [`${country}: ${text} is ${parsed.ok ? parsed.number : parsed.reason}, not ${number.number}`]
}

describe('the example number of every country', () => {
  test.each(Object.entries({ ...internationalNotations, ...localNotations }))('is read in its own country: %s', (name, notation) => {
    const numbers = exampleNumbers.filter(({ country }) => country !== undefined && !readOtherwise.get(name)?.has(country))
    expect(numbers.length).toBeGreaterThan(200)
    expect(numbers.flatMap((number) => misread(number.country ?? '', number, notation(number)))).toEqual([])
  })

  const withPrefix = Object.entries(internationalNotations).filter(([name]) => name !== 'the calling code without a plus')
  test.each(withPrefix)('is read from abroad: %s', (_name, notation) => {
    const homes = ['MA', 'FR', 'US', 'ZZ']
    expect(exampleNumbers.flatMap((number) => homes.flatMap((home) => misread(home, number, notation(number))))).toEqual([])
  })
})

const { 'the calling code without a plus': _bare, 'a tel: URI with a parameter': _uri, ...plainNotations } = internationalNotations
const notation = fc.constantFrom(...Object.values(plainNotations))
const home = fc.constantFrom('MA', 'FR', 'US', 'ZZ')

test('a text with two numbers is never read as one of them', () => {
  const separator = fc.constantFrom(' / ', '/', ' ; ', ';', ', ', ' - ', ' ou ', ' (+', '\n', ' ')
  fc.assert(
    fc.property(exampleNumber, exampleNumber, notation, notation, separator, home, (one, other, writeOne, writeOther, between, country) => {
      const parsed = parsePhoneNumber(`${writeOne(one)}${between}${writeOther(other)}`, country)
      expect(parsed.ok).toBe(false)
    }),
    { numRuns: 1_000 },
  )
})

test('a text with other digits beside the number and its label is never read', () => {
  const label = fc.constantFrom('Mobile 2: ', 'Room 12, ', 'Age 42 ', '3 rue Ahmed ')
  fc.assert(
    fc.property(exampleNumber, label, home, (number, before, country) => {
      expect(parsePhoneNumber(`${before}${number.formatInternational()}`, country).ok).toBe(false)
    }),
  )
})

test('whatever a text holds, it is read into a number that reads as itself, or refused', () => {
  const piece = fc.constantFrom(
    '+',
    '0',
    '00',
    '212',
    '(',
    ')',
    ' ',
    '-',
    '/',
    ';',
    'ext',
    'x',
    'tel:',
    'Mobile',
    '656129410',
    '\u00a0',
    '٠',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, home, (raw, country) => {
      const parsed = parsePhoneNumber(raw, country)
      if (parsed.ok) expect(parsePhoneNumber(parsed.number, country)).toEqual(parsed)
    }),
    { numRuns: 500 },
  )
})
