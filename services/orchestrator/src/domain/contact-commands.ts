import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { ChangedContact } from './call-facts.ts'
import { type Contact, isWaiting } from './contact.ts'
import { countMove } from './contact-counts.ts'
import { type ExecutionState, invalidState, isLive } from './execution.ts'

/*
 * What a person may do with contacts of an execution that has not ended. Each function throws an error of the contract if it is not possible.
 */

export interface Commanded {
  state: ExecutionState
  changes: ChangedContact[]
}

/** A contact that waits is not called any more. */
export function skipContact(state: ExecutionState, contactId: string, contact: Contact): Commanded {
  const { attempt, callId } = waitingContact(state, contact)
  return changed(state, contactId, contact, { status: 'skipped', attempt, callId, skipReason: 'operator' })
}

/** A contact that waits is due now. Pauses, calling hours and pacing still count, and the call is one of its attempts. */
export function callNow(state: ExecutionState, contactId: string, contact: Contact, nowMs: number): Commanded {
  return changed(state, contactId, contact, { ...waitingContact(state, contact), dueAtMs: nowMs })
}

/** Contacts that were not in the execution wait for their first call. */
export function contactsJoin(state: ExecutionState, contactIds: readonly string[], nowMs: number): Commanded {
  checkLive(state)
  if (contactIds.length === 0) return { state, changes: [] }
  const contact: Contact = { status: 'pending', attempt: 0, dueAtMs: nowMs, callId: null }
  const counts = { ...state.counts, pending: state.counts.pending + contactIds.length }
  return { state: { ...state, counts, revision: state.revision + 1 }, changes: contactIds.map((contactId) => ({ contactId, contact })) }
}

/** Throws an `InvalidExecutionStateError` for an execution that has ended. */
export function checkLive(state: ExecutionState): void {
  if (!isLive(state)) throw invalidState('Execution has already ended', state)
}

function waitingContact(state: ExecutionState, contact: Contact) {
  checkLive(state)
  if (isWaiting(contact)) return contact
  throw new DomainError('conflict', 'ContactInCallError', `The contact does not wait for a call: it is ${contact.status}`)
}

function changed(state: ExecutionState, contactId: string, before: Contact, contact: Contact): Commanded {
  const counts = { ...state.counts }
  countMove(counts, before.status, contact.status)
  return { state: { ...state, counts, revision: state.revision + 1 }, changes: [{ contactId, contact }] }
}
