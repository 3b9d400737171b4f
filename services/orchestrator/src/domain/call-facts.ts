import type { CallEnded, CallNotDialed, CallStarted } from '@carillon/contracts/call-events'
import type { ContactCounts } from '@carillon/contracts/execution'
import { fromIso } from '@carillon/contracts/instant'
import { afterCallEnded, afterCallStarted, afterNotDialed, type Contact, type RetryPolicy } from './contact.ts'
import { countMove } from './contact-counts.ts'

/** The events of a call that can change a contact. */
export type CallFact = (CallStarted | CallEnded | CallNotDialed) & {
  /** In the calls' lane. */
  readonly position: number
}

export interface ChangedContact {
  contactId: string
  contact: Contact
}

export interface Folded {
  counts: ContactCounts
  /** Every change, in order. A contact may change more than once in a batch. */
  changes: ChangedContact[]
  /** The counts after each fact that changed them, in order. */
  steps: CountsAt[]
}

/** The number of contacts in each status after the event at a position of the calls' lane. */
export interface CountsAt {
  position: number
  counts: ContactCounts
}

/**
 * Applies a batch of facts about the calls of one execution. A fact that is late, came twice or is about an unknown contact changes nothing.
 *
 * @param contacts the contacts that the facts name, by id.
 * @param isLive whether the execution still calls.
 */
export function foldCallFacts(
  contacts: ReadonlyMap<string, Contact>,
  before: ContactCounts,
  facts: readonly CallFact[],
  policy: RetryPolicy,
  isLive: boolean,
  nowMs: number,
): Folded {
  const counts = { ...before }
  const changes: ChangedContact[] = []
  const steps: CountsAt[] = []
  const changed = new Map<string, Contact>()
  for (const fact of facts) {
    const contactId = fact.data.contactId ?? ''
    const contact = changed.get(contactId) ?? contacts.get(contactId)
    if (!contact) continue
    const after = afterFact(contact, fact, policy, isLive, nowMs)
    if (after === contact) continue
    changed.set(contactId, after)
    countMove(counts, contact.status, after.status)
    changes.push({ contactId, contact: after })
    steps.push({ position: fact.position, counts: { ...counts } })
  }
  return { counts, changes, steps }
}

/** @param isLive whether the contact may be called again. */
export function afterFact(contact: Contact, fact: CallFact, policy: RetryPolicy, isLive: boolean, nowMs: number): Contact {
  switch (fact.type) {
    case 'call.started':
      return afterCallStarted(contact, fact.data.callId)
    case 'call.ended': {
      const { callId, outcome, retryPointless } = fact.data
      return afterCallEnded(contact, { callId, outcome, retryPointless, endedAtMs: fromIso(fact.time) }, policy, isLive)
    }
    case 'call.not_dialed':
      return afterNotDialed(contact, { callId: fact.data.callId, reason: fact.data.reason }, nowMs, isLive)
  }
}
