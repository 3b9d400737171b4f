import type { Contact } from '@carillon/contracts/contact'
import { toIso } from '@carillon/contracts/instant'
import type { ContactRow } from '../store/contacts.ts'

/** A contact as the API shows it. */
export function toContact(row: ContactRow): Contact {
  const { id, phone, firstName, lastName, attributes, createdAt, updatedAt } = row
  return { id, phone, firstName, lastName, attributes, createdAt: toIso(createdAt.getTime()), updatedAt: toIso(updatedAt.getTime()) }
}
