import { maxAttributesBytes } from '@carillon/contracts/contact'
import type { AttributeType } from '@carillon/contracts/custom-attribute'
import type { FieldProblem } from '@carillon/contracts/error-body'
import type { Variables } from '@carillon/contracts/scalars'
import { DomainError, invalidField, invalidFields } from '@carillon/service-kit/domain/domain-error'
import { parsePhoneNumber, phoneRejectionTexts } from '@carillon/telephony/phone-number'
import type { Static } from '@sinclair/typebox'
import { type AttributeValue, checkValue, type ValueRejection } from './attribute-value.ts'

type Attributes = Static<typeof Variables>

/** Reads E.164, or a trunk extension if those are allowed. Throws a `ValidationError` at the pointer. */
export function readPhone(raw: string, country: string, extensions: boolean, pointer = '/phone'): string {
  const parsed = parsePhoneNumber(raw, country, { extensions })
  if (parsed.ok) return parsed.number
  throw invalidField(pointer, `${phoneRejectionTexts[parsed.reason]} (${parsed.reason})`)
}

/** A name without blanks around it. Null if nothing is left. */
export function readName(name: string | null): string | null {
  return name?.trim() || null
}

/**
 * A contact's attributes after a change of some of them; null clears one. Throws a `ValidationError` that names each unknown slug, and each value that
 * does not fit the type of its attribute.
 */
export function changedAttributes(before: Attributes, change: Attributes, types: ReadonlyMap<string, AttributeType>): Attributes {
  const problems: FieldProblem[] = []
  const after = new Map<string, AttributeValue | null>(Object.entries(before))
  for (const [slug, value] of Object.entries(change)) {
    const pointer = `/attributes/${slug.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const type = types.get(slug)
    if (type === undefined) {
      problems.push({ pointer, message: 'is not a custom attribute of the organization' })
    } else if (value === null) {
      after.delete(slug)
    } else {
      const checked = checkValue(type, value)
      if (checked.ok) after.set(slug, checked.value)
      else problems.push({ pointer, message: valueTexts[checked.reason] })
    }
  }
  if (problems.length > 0) throw invalidFields(problems)
  const attributes = Object.fromEntries(after)
  if (!attributesFit(JSON.stringify(attributes))) {
    throw invalidField('/attributes', `must not have more than ${maxAttributesBytes} bytes together`)
  }
  return attributes
}

/** Whether the attributes of a contact, as JSON, are small enough. */
export function attributesFit(json: string): boolean {
  // No character has more than three bytes.
  return json.length * 3 <= maxAttributesBytes || Buffer.byteLength(json) <= maxAttributesBytes
}

const valueTexts: Readonly<Record<ValueRejection, string>> = {
  text_expected: 'must be valid text without NUL characters',
  text_too_long: 'must not have more than 2000 characters',
  number_expected: 'must be a number',
  ambiguous_number: 'must be a number',
  boolean_expected: 'must be true or false',
  date_expected: 'must be a day (2026-03-20), or an instant with its offset (2026-03-20T10:00:00Z)',
}

export const phoneTaken = (phone: string) =>
  new DomainError('conflict', 'ContactAlreadyExistsError', `A contact with the number ${phone} already exists`)
