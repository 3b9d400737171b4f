import { maxAttributeLength } from '@carillon/contracts/contact'
import type { AttributeType } from '@carillon/contracts/custom-attribute'
import { type DateReading, readDate, readIsoDate } from './attribute-date.ts'

/** The value of a custom attribute. A date is ISO 8601: a day (`2026-03-20`), or an instant in UTC with milliseconds. */
export type AttributeValue = string | number | boolean

export type ValueRejection =
  | 'number_expected'
  | 'ambiguous_number'
  | 'boolean_expected'
  | 'date_expected'
  | 'text_expected'
  | 'text_too_long'

export type ReadValue = { ok: true; value: AttributeValue } | { ok: false; reason: ValueRejection }

const yes = new Set(['true', 'yes', 'y', 'oui', 'o', 'vrai', 'si', 'sí', 'ja', 'sim', 'verdadero', 'wahr', 'نعم'])
const no = new Set(['false', 'no', 'n', 'non', 'faux', 'nein', 'não', 'falso', 'falsch', 'لا'])

/** Reads a cell of a file, which must not be blank, as a value of an attribute's type. */
export function readCell(type: AttributeType, text: string, dates: DateReading): ReadValue {
  if (text.length > maxAttributeLength) return { ok: false, reason: 'text_too_long' }
  switch (type) {
    case 'text':
      return { ok: true, value: text }
    case 'number':
      return readNumber(text)
    case 'boolean': {
      const word = text.toLowerCase()
      if (yes.has(word) || word === '1') return { ok: true, value: true }
      return no.has(word) || word === '0' ? { ok: true, value: false } : { ok: false, reason: 'boolean_expected' }
    }
    case 'date': {
      const value = readDate(text, dates)
      return value === null ? { ok: false, reason: 'date_expected' } : { ok: true, value }
    }
  }
}

/** Checks a JSON value against the attribute's type. A date is ISO 8601 text. */
export function checkValue(type: AttributeType, value: string | number | boolean): ReadValue {
  switch (type) {
    case 'text':
      if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\0')) return { ok: false, reason: 'text_expected' }
      return value.length > maxAttributeLength ? { ok: false, reason: 'text_too_long' } : { ok: true, value }
    case 'number':
      return typeof value === 'number' ? { ok: true, value } : { ok: false, reason: 'number_expected' }
    case 'boolean':
      return typeof value === 'boolean' ? { ok: true, value } : { ok: false, reason: 'boolean_expected' }
    case 'date': {
      const date = typeof value === 'string' ? readIsoDate(value) : null
      return date === null ? { ok: false, reason: 'date_expected' } : { ok: true, value: date }
    }
  }
}

/** The type that fits all values of a column, else text. Digits that begin with a zero are a code, so they are text. */
export function inferType(values: readonly string[], dates: DateReading): AttributeType {
  if (values.length === 0) return 'text'
  if (values.every((text) => readNumber(text).ok)) return 'number'
  if (values.every((text) => yes.has(text.toLowerCase()) || no.has(text.toLowerCase()))) return 'boolean'
  if (values.every((text) => readDate(text, dates) !== null)) return 'date'
  return 'text'
}

const blanks = /(?<=\d)[\s\u00a0\u202f'’](?=\d{3})/g
/** `1,234.5` and `1.234,5`: if both signs occur, the last one is the decimal sign. */
const grouped = /^-?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:\.\d{3})+,\d+|(?:,\d{3}){2,}|(?:\.\d{3}){2,})$/
const simple = /^-?(?:0|[1-9]\d*)(?:[.,]\d+)?$/
/** `1,234` may mean 1234 or 1.234. */
const ambiguous = /^-?[1-9]\d{0,2},\d{3}$/
/** A double holds 15 digits exactly. */
const maxDigits = 15

function readNumber(raw: string): ReadValue {
  const text = raw.replace(blanks, '')
  if (ambiguous.test(text)) return { ok: false, reason: 'ambiguous_number' }
  const plain = grouped.test(text) ? withoutGroups(text) : text
  if (!simple.test(plain) || plain.replace(/\D/g, '').length > maxDigits) return { ok: false, reason: 'number_expected' }
  return { ok: true, value: Number(plain.replace(',', '.')) }
}

function withoutGroups(text: string): string {
  const lastComma = text.lastIndexOf(',')
  const lastPoint = text.lastIndexOf('.')
  if (lastComma === -1 || lastPoint === -1) return text.replace(/[.,]/g, '')
  return lastComma > lastPoint ? text.replaceAll('.', '') : text.replaceAll(',', '')
}
