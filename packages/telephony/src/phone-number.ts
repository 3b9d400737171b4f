import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString, validatePhoneNumberLength } from 'libphonenumber-js'

/** Why a text is not a phone number that can be dialed. The names are stable: imports report them line by line. */
export type PhoneRejection =
  | 'empty'
  | 'not_a_number'
  | 'digits_lost'
  | 'has_extension'
  | 'unknown_country_code'
  | 'too_short'
  | 'too_long'
  | 'impossible'

export type ParsedPhoneNumber = { ok: true; number: string } | { ok: false; reason: PhoneRejection }

/** What to tell the person whose file it is. */
export const phoneRejectionTexts: Readonly<Record<PhoneRejection, string>> = {
  empty: 'there is no phone number',
  not_a_number: 'this is not a phone number',
  digits_lost: 'a spreadsheet rounded this number and its digits are lost; format the column as text',
  has_extension: 'a number with an extension behind it cannot be dialed',
  unknown_country_code: 'no country has this calling code',
  too_short: 'the number has too few digits for its country',
  too_long: 'the number has too many digits for its country',
  impossible: 'no number of this country has this many digits',
}

/** Zero-width characters, text-direction marks of copied contacts, byte-order marks. */
const invisible = /\p{Cf}/gu
/** Any blank beside the plain one: non-breaking and thin spaces that word processors put between digits. */
const blank = /\s/gu
/** `'0612…`, `="0612…"`: how spreadsheets are told to leave digits alone. */
const spreadsheetGuard = /^[\s='"‘’]+|[\s'"’]+$/gu
const scientific = /^(\d+)(?:[.,](\d+))?e\+?(\d{1,2})$/i
/** A number column that passed through floating point: `212612345678.0`. */
const floatTail = /^(\+?\d{7,})\.0$/
const doubleZero = /^\+?\s*00(?=[\s\-.()]*\d)/
/** Two and three digits are emergency and service codes of public networks (15, 112, 911): no campaign may reach them by a typing error. */
const trunkExtension = /^\d{4,6}$/

/**
 * Reads a phone number as people and spreadsheets write it, into E.164 (ITU-T E.164: `+` and up to 15 digits).
 *
 * A number counts when its length is possible in its country; whether its range is assigned is the carrier's to know.
 *
 * @param raw local (`06 12 34 56 78`) or international (`+212…`, `00212…`, RFC 3966 `tel:`) form.
 * @param country ISO 3166-1 alpha-2, by which a local form is read; where it is none, only the international form can be.
 * @param options `extensions`: a trunk extension (4 to 6 digits, such as `6001`) is returned as it is.
 */
export function parsePhoneNumber(raw: string, country: string, options: { extensions?: boolean } = {}): ParsedPhoneNumber {
  const cleaned = clean(raw)
  if (cleaned === '') return refused('empty')

  const text = withoutExponent(cleaned)
  if (text === null) return refused('digits_lost')
  if (/;\s*ext=/i.test(text)) return refused('has_extension')

  const defaultCountry = isSupportedCountry(country) ? country : undefined
  const dialable = text.replace(/;.*$/s, '')
  const first = read(dialable, defaultCountry)
  if (first.ok) return first

  // Where `00` is not the country's own international prefix (011 in the United States), it is still how most of the world writes `+`.
  if (doubleZero.test(dialable)) {
    const international = read(dialable.replace(doubleZero, '+'), defaultCountry)
    if (international.ok) return international
  }
  if (options.extensions === true && trunkExtension.test(dialable)) return { ok: true, number: dialable }
  return first
}

/**
 * The country that an E.164 number belongs to, as ISO 3166-1 alpha-2; null for a trunk extension, for a number of no country
 * (`+883…`), and where countries share a calling code and the digits do not tell them apart.
 */
export function countryOf(number: string): string | null {
  return number.startsWith('+') ? (parsePhoneNumberFromString(number, { extract: false })?.country ?? null) : null
}

function clean(raw: string): string {
  return raw
    .replace(invisible, '')
    .replace(blank, ' ')
    .replace(spreadsheetGuard, '')
    .replace(/^tel:\s*/i, '')
    .replace(floatTail, '$1')
}

/** `2.12612345678E11` keeps every digit and is written out; `2.12612E+11` has lost some: null. Any other text stays. */
function withoutExponent(text: string): string | null {
  const parts = scientific.exec(text)
  if (parts === null) return text
  const [, whole = '', fraction = '', exponent = ''] = parts
  const shift = Number(exponent)
  const everyDigitIsThere = fraction.length >= shift && /^0*$/.test(fraction.slice(shift))
  return everyDigitIsThere ? whole + fraction.slice(0, shift) : null
}

function read(text: string, defaultCountry: CountryCode | undefined): ParsedPhoneNumber {
  const options = defaultCountry === undefined ? { extract: false } : { defaultCountry, extract: false }
  const parsed = parsePhoneNumberFromString(text, options)
  if (parsed?.ext !== undefined) return refused('has_extension')
  if (parsed?.isPossible()) return { ok: true, number: parsed.number }
  return refused(rejectionOf(text, options))
}

function rejectionOf(text: string, options: { defaultCountry?: CountryCode; extract: boolean }): PhoneRejection {
  switch (validatePhoneNumberLength(text, options)) {
    case 'NOT_A_NUMBER':
      return 'not_a_number'
    case 'INVALID_COUNTRY':
      return 'unknown_country_code'
    case 'TOO_SHORT':
      return 'too_short'
    case 'TOO_LONG':
      return 'too_long'
    case 'INVALID_LENGTH':
    case undefined:
      return 'impossible'
  }
}

function refused(reason: PhoneRejection): ParsedPhoneNumber {
  return { ok: false, reason }
}
