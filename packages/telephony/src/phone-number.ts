import {
  type CountryCode,
  findPhoneNumbersInText,
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js'

/** Why a text is not a phone number that can be dialed. The names are stable: an import reports one for each rejected row. */
export type PhoneRejection =
  | 'empty'
  | 'not_a_number'
  | 'several_numbers'
  | 'other_digits'
  | 'digits_lost'
  | 'has_extension'
  | 'unknown_country_code'
  | 'too_short'
  | 'too_long'
  | 'impossible'

export type ParsedPhoneNumber = { ok: true; number: string } | { ok: false; reason: PhoneRejection }

/** The text of each rejection for the owner of the file. */
export const phoneRejectionTexts: Readonly<Record<PhoneRejection, string>> = {
  empty: 'there is no phone number',
  not_a_number: 'this is not a phone number',
  several_numbers: 'there is more than one phone number; leave one of them',
  other_digits: 'there are digits that are not part of the phone number',
  digits_lost: 'a spreadsheet rounded this number and its digits are lost; format the column as text',
  has_extension: 'a number with an extension cannot be dialed',
  unknown_country_code: 'no country has this calling code',
  too_short: 'the number has too few digits for its country',
  too_long: 'the number has too many digits for its country',
  impossible: 'no number of this country has this many digits',
}

/** A longer text is not one phone number; libphonenumber refuses it too. */
const maxLength = 250
/** Zero-width characters, text-direction marks of copied contacts, byte-order marks. */
const invisible = /\p{Cf}/gu
/** Any white space: word processors put non-breaking and thin spaces between digits. */
const blank = /\s/gu
/** `'0612…`, `="0612…"`: how a cell tells a spreadsheet to keep its text as it is. */
const spreadsheetGuard = /^[\s='"‘’]+|[\s'"’]+$/gu
const scientific = /^(\d+)(?:[.,](\d+))?e\+?(\d{1,2})$/i
/** A number column that was stored as floating point: `212612345678.0`. */
const floatTail = /^(\+?\d{7,})\.0$/
/** Parameters of a `tel:` URI (RFC 3966 §5): `;phone-context=…`. */
const uriParameters = /(?:;[a-z][a-z\d-]*=[^\s;]*)+$/i
/** `(+212) 6…`, `(00212) 6…`: libphonenumber does not accept a bracket before the plus. */
const bracketBeforePrefix = /^[([（［]\s*(?=\+|00)/u
const doubleZero = /^\+?\s*00(?=[\s\-.()]*\d)/
/** Two and three digits are emergency and service codes of public networks (15, 112, 911): a typing error must not reach them. */
const trunkExtension = /^\d{4,6}$/
const maxExtensionLength = 6
const digits = /\p{Nd}/gu
/** E.164 allows 15 digits; a text with two such numbers is still searched, to name the reason. */
const searchableDigits = { min: 4, max: 40 }
/** How many places of a text the finder tries. A single number is found within the first few, and each try takes some microseconds. */
const maxTries = 8

/**
 * Reads a phone number as people and spreadsheets write it, into E.164 (ITU-T E.164: `+` and up to 15 digits).
 *
 * A number counts when its length is possible in its country; only the carrier knows whether its range is assigned. A text with something
 * beside the number (`Mobile: 06 12…`) is read if it holds one number and no other digit; beside words, the number must also be in an assigned
 * range, since a reference number has a possible length too.
 *
 * @param raw local (`06 12 34 56 78`) or international (`+212…`, `00212…`, RFC 3966 `tel:`) form.
 * @param country ISO 3166-1 alpha-2: the country of a local form. If it is unknown, only the international form is read.
 * @param options `extensions`: a trunk extension (4 to 6 digits, such as `6001`) is returned as it is.
 */
export function parsePhoneNumber(raw: string, country: string, options: { extensions?: boolean } = {}): ParsedPhoneNumber {
  const visible = raw.replace(invisible, '').trim()
  if (visible.length > maxLength) return refused('too_long')
  const cleaned = clean(visible)
  if (cleaned === '') return refused('empty')

  const text = withoutExponent(cleaned)
  if (text === null) return refused('digits_lost')
  if (/;\s*ext=/i.test(text)) return refused('has_extension')

  const defaultCountry = isSupportedCountry(country) ? country : undefined
  const dialable = text.replace(uriParameters, '').replace(bracketBeforePrefix, '')
  const first = read(dialable, defaultCountry)
  if (doubleZero.test(dialable) && !(first.ok && isAssigned(first.number))) {
    // `00` is not the country's own international prefix (011 in the United States), but most of the world writes it for `+`.
    const international = read(dialable.replace(doubleZero, '+'), defaultCountry)
    if (international.ok && (!first.ok || isAssigned(international.number))) return international
  }
  if (first.ok) return first

  if (options.extensions === true && trunkExtension.test(dialable)) return { ok: true, number: dialable }
  return first.reason === 'not_a_number' ? find(dialable, defaultCountry) : first
}

/**
 * The country that an E.164 number belongs to, as ISO 3166-1 alpha-2; null for a trunk extension, for a number of no country
 * (`+883…`), and where countries share a calling code and the digits do not tell them apart.
 */
export function countryOf(number: string): string | null {
  return number.startsWith('+') ? (parsePhoneNumberFromString(number, { extract: false })?.country ?? null) : null
}

function clean(visible: string): string {
  return visible
    .replace(blank, ' ')
    .replaceAll('＋', '+')
    .replace(spreadsheetGuard, '')
    .replace(/^tel:\s*/i, '')
    .replace(floatTail, '$1')
}

/** Writes out `2.12612345678E11`, which has every digit. Null for `2.12612E+11`, which has lost some. Returns any other text as it is. */
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
  if (parsed?.ext !== undefined) return refused(rejectionOfExtension(parsed.ext))
  if (parsed?.isPossible()) return { ok: true, number: parsed.number }
  return refused(rejectionOf(text, options))
}

/** Whether an E.164 number lies in a range that its country has assigned. */
function isAssigned(number: string): boolean {
  return parsePhoneNumberFromString(number, { extract: false })?.isValid() ?? false
}

/** Reads the one number of a text that is not a number as a whole. */
function find(text: string, defaultCountry: CountryCode | undefined): ParsedPhoneNumber {
  const digitCount = text.match(digits)?.length ?? 0
  if (digitCount < searchableDigits.min || digitCount > searchableDigits.max) return refused('not_a_number')
  // `extended` finds every number of a possible length. `maxTries` is an option of the finder that its types leave out.
  const options = { extended: !/\p{L}/u.test(text), maxTries, ...(defaultCountry === undefined ? {} : { defaultCountry }) }
  const [found, ...others] = findPhoneNumbersInText(text, options)
  if (found === undefined) return refused('not_a_number')
  if (others.length > 0) return refused('several_numbers')
  if (found.number.ext !== undefined) return refused(rejectionOfExtension(found.number.ext))
  const beside = text.slice(0, found.startsAt) + text.slice(found.endsAt)
  return beside.match(digits) ? refused('other_digits') : { ok: true, number: found.number.number }
}

/** libphonenumber takes a second number behind a comma or a semicolon for an extension of the first. */
function rejectionOfExtension(extension: string): PhoneRejection {
  return extension.length > maxExtensionLength ? 'several_numbers' : 'has_extension'
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
