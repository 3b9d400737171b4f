import type { CallEnded, CallNotDialed, CallStarted } from '@carillon/contracts/call-events'
import type { ContactCounts } from '@carillon/contracts/execution'
import { fromIso } from '@carillon/service-kit/domain/instant'
import { afterCallEnded, afterCallStarted, afterNotDialed, type Contact, type RetryPolicy } from './contact.ts'
import { countMove } from './contact-counts.ts'

/** The facts about calls that say something about a contact. */
export type CallFact = CallStarted | CallEnded | CallNotDialed

export interface ChangedContact {
  contactId: string
  contact: Contact
}

export interface Folded {
  counts: ContactCounts
  /** Every change, in order: a contact may change more than once in a batch. */
  changes: ChangedContact[]
}

/**
 * Applies a batch of facts about the calls of one execution. What is late, came twice or concerns an unknown contact changes nothing.
 *
 * @param contacts the contacts that the facts name, by id; changed ones are replaced in place.
 * @param isLive whether the execution still calls.
 */
export function foldCallFacts(
  contacts: Map<string, Contact>,
  counts: ContactCounts,
  facts: readonly CallFact[],
  policy: RetryPolicy,
  isLive: boolean,
  nowMs: number,
): Folded {
  const folded: Folded = { counts: { ...counts }, changes: [] }
  for (const fact of facts) {
    const contactId = fact.data.contactId ?? ''
    const before = contacts.get(contactId)
    if (!before) continue
    const after = afterFact(before, fact, policy, isLive, nowMs)
    if (after === before) continue
    contacts.set(contactId, after)
    countMove(folded.counts, before.status, after.status)
    folded.changes.push({ contactId, contact: after })
  }
  return folded
}

function afterFact(contact: Contact, fact: CallFact, policy: RetryPolicy, isLive: boolean, nowMs: number): Contact {
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
