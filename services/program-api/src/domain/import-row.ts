import { maxNameLength } from '@carillon/contracts/contact'
import type { AttributeType } from '@carillon/contracts/custom-attribute'
import { type PhoneRejection, parsePhoneNumber, phoneRejectionTexts } from '@carillon/telephony/phone-number'
import type { DateReading } from './attribute-date.ts'
import { type AttributeValue, readCell, type ValueRejection } from './attribute-value.ts'
import type { AttributeColumn, ContactColumns } from './contact-columns.ts'

/** A contact as a row describes it. Null or absent: the row holds no value for it. */
export interface ImportedContact {
  phone: string
  firstName: string | null
  lastName: string | null
  attributes: Record<string, AttributeValue>
}

export type RejectionReason = PhoneRejection | 'row_too_long' | 'attributes_too_large'
export type WarningReason = ValueRejection | 'no_header' | 'stray_quote'

export interface RowWarning {
  column: string | null
  reason: WarningReason
  value: string
}

export type ReadRow = { ok: true; contact: ImportedContact; warnings: RowWarning[] } | { ok: false; reason: RejectionReason; value: string }

/** How to read the rows of a file. */
export interface RowReading {
  headers: readonly string[]
  columns: Omit<ContactColumns, 'attributes'>
  attributes: readonly TypedColumn[]
  country: string
  extensions: boolean
}

export interface TypedColumn extends AttributeColumn {
  type: AttributeType
  dates: DateReading
}

/** A row of the file, from the CSV reader. */
export interface FileRow {
  fields: readonly string[]
  strayQuote: boolean
  tooLong: boolean
}

/** The text of each problem for the owner of the file. */
export const importProblemTexts: Readonly<Record<RejectionReason | WarningReason, string>> = {
  ...phoneRejectionTexts,
  row_too_long: 'the row is too long',
  attributes_too_large: 'the attributes of the contact are too large together, with those that it has already',
  number_expected: 'this is not a number',
  ambiguous_number: 'the comma may separate thousands or decimals',
  boolean_expected: 'this is neither yes nor no',
  date_expected: 'this is not a date',
  text_expected: 'this is not text',
  text_too_long: 'the text is too long',
  no_header: 'the value is in a column without a header',
  stray_quote: 'a quote was opened and not closed',
}

/** Whether a row has no value at all. */
export function isBlankRow(fields: readonly string[]): boolean {
  return fields.every((field) => field.trim() === '')
}

/** Reads one row. A value that does not fit its type is dropped with a warning. A number that cannot be called rejects the row. */
export function readRow(row: FileRow, reading: RowReading): ReadRow {
  const { fields } = row
  if (row.tooLong) return { ok: false, reason: 'row_too_long', value: excerpt(fields.join(' ')) }
  const { columns } = reading
  const rawPhone = fields[columns.phone] ?? ''
  const phone = parsePhoneNumber(rawPhone, reading.country, { extensions: reading.extensions })
  if (!phone.ok) return { ok: false, reason: phone.reason, value: excerpt(rawPhone) }

  const warnings: RowWarning[] = []
  if (row.strayQuote) warnings.push({ column: null, reason: 'stray_quote', value: excerpt(fields.join(' ')) })

  const firstName = nameOf(columns.firstName)
  const lastName = nameOf(columns.lastName)
  const both = columns.fullName === null ? null : splitName(nameOf(columns.fullName.index), columns.fullName.lastNameFirst)

  /** The name in a column. Null if there is none, or if it is too long. */
  function nameOf(index: number | null): string | null {
    const name = index === null ? '' : (fields[index] ?? '').replace(/\s+/g, ' ').trim()
    if (index === null || name === '') return null
    if (name.length <= maxNameLength) return name
    warnings.push({ column: reading.headers[index] ?? null, reason: 'text_too_long', value: excerpt(name) })
    return null
  }

  const attributes: Record<string, AttributeValue> = {}
  for (const column of reading.attributes) {
    const text = fields[column.index]?.trim()
    if (!text) continue
    const read = readCell(column.type, text, column.dates)
    if (read.ok) attributes[column.slug] = read.value
    else warnings.push({ column: column.header, reason: read.reason, value: excerpt(text) })
  }
  const unnamed = fields.find((field, index) => !reading.headers[index]?.trim() && field.trim() !== '')
  if (unnamed !== undefined) warnings.push({ column: null, reason: 'no_header', value: excerpt(unnamed) })

  const contact = {
    phone: phone.number,
    firstName: firstName ?? both?.firstName ?? null,
    lastName: lastName ?? both?.lastName ?? null,
    attributes,
  }
  return { ok: true, contact, warnings }
}

/** The first and last name of a full name: `Ahmed Ben Ali` is Ahmed, Ben Ali. `Benali, Ahmed` is Ahmed Benali; so is `BENALI Ahmed` if the last name comes first in the column. */
function splitName(name: string | null, lastNameFirst: boolean): { firstName: string | null; lastName: string | null } {
  if (name === null) return { firstName: null, lastName: null }
  const parts = /^([^,]+?)\s*,\s*(.+)$/.exec(name)
  if (parts) return { firstName: parts[2] ?? null, lastName: parts[1] ?? null }
  const space = lastNameFirst ? name.lastIndexOf(' ') : name.indexOf(' ')
  if (space === -1) return { firstName: name, lastName: null }
  const [head, tail] = [name.slice(0, space), name.slice(space + 1)]
  return lastNameFirst ? { firstName: tail, lastName: head } : { firstName: head, lastName: tail }
}

/** The part of a bad value that is shown. */
export function excerpt(text: string): string {
  return text.slice(0, 200).toWellFormed()
}
