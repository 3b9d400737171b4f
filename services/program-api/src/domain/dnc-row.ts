import { maxDncReasonLength } from '@carillon/contracts/dnc-entry'
import { fromIso } from '@carillon/contracts/instant'
import { type PhoneRejection, parsePhoneNumber, phoneRejectionTexts } from '@carillon/telephony/phone-number'
import { recognizeColumns } from './contact-columns.ts'
import { comparable } from './header-text.ts'
import { excerpt, type FileRow } from './import-row.ts'

/** The columns of a file of numbers that must not be called, by their position. */
export interface DncColumns {
  phone: number
  reason: number | null
  expiresAt: number | null
}

/** How to read the rows of a file. */
export interface DncRowReading {
  columns: DncColumns
  country: string
  extensions: boolean
  /** Whether a text is an instant that a request may name. */
  isInstant: (text: string) => boolean
}

/** An entry as a row describes it. */
export interface ImportedDncEntry {
  phone: string
  reason: string | null
  expiresAtMs: number | null
}

export type DncRejectionReason = PhoneRejection | 'row_too_long' | 'reason_too_long' | 'instant_expected'

export type ReadDncRow = { ok: true; entry: ImportedDncEntry } | { ok: false; reason: DncRejectionReason; value: string }

/** The text of each problem for the owner of the file. */
export const dncRejectionTexts: Readonly<Record<DncRejectionReason, string>> = {
  ...phoneRejectionTexts,
  row_too_long: 'the row is too long',
  reason_too_long: `the reason has more than ${maxDncReasonLength} characters`,
  instant_expected: 'the expiry is not an instant with an offset, such as 2027-03-01T00:00:00Z',
}

const reasonHeaders = new Set(['reason', 'motif', 'raison', 'motivo', 'grund'].map(comparable))
const expiryHeaders = new Set(['expires_at', 'expires', 'expiry', 'expiration', 'expire_le'].map(comparable))

/** Recognizes the columns of a file by their headers. Null if none is a phone number. */
export function recognizeDncColumns(headers: readonly string[]): DncColumns | null {
  const phone = recognizeColumns(headers, [])?.phone
  if (phone === undefined) return null
  const keys = headers.map(comparable)
  const indexIn = (known: ReadonlySet<string>) => {
    const index = keys.findIndex((key, at) => at !== phone && known.has(key))
    return index === -1 ? null : index
  }
  return { phone, reason: indexIn(reasonHeaders), expiresAt: indexIn(expiryHeaders) }
}

/**
 * Reads one row. A row with a value that cannot be used is rejected as a whole: an entry that counts for another time than its owner meant would be
 * worse than one that is reported as missing.
 */
export function readDncRow({ fields, tooLong }: FileRow, { columns, country, extensions, isInstant }: DncRowReading): ReadDncRow {
  if (tooLong) return { ok: false, reason: 'row_too_long', value: excerpt(fields.join(' ')) }
  const cell = (index: number | null) => (index === null ? '' : (fields[index] ?? '').trim())
  const rawPhone = cell(columns.phone)
  const phone = parsePhoneNumber(rawPhone, country, { extensions })
  if (!phone.ok) return { ok: false, reason: phone.reason, value: excerpt(rawPhone) }
  const reason = cell(columns.reason)
  if (reason.length > maxDncReasonLength) return { ok: false, reason: 'reason_too_long', value: excerpt(reason) }
  const expiresAt = cell(columns.expiresAt)
  if (expiresAt !== '' && !isInstant(expiresAt)) return { ok: false, reason: 'instant_expected', value: excerpt(expiresAt) }
  return {
    ok: true,
    entry: { phone: phone.number, reason: reason === '' ? null : reason, expiresAtMs: expiresAt === '' ? null : fromIso(expiresAt) },
  }
}
