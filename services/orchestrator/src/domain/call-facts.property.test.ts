import type { Outcome } from '@carillon/contracts/outcome'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ended, notDialed, started } from '../../test/support/carrier.ts'
import { somePlan } from '../../test/support/execution.ts'
import { type CallFact, foldCallFacts } from './call-facts.ts'
import { type Contact, isOpen, isWaiting, order, type RetryPolicy } from './contact.ts'
import { assertBalanced, countMove, initialCounts, skipWaiting } from './contact-counts.ts'
import { dialOrder } from './dial-order.ts'

const contactIds = Array.from({ length: 12 }, (_, index) => `contact-${index}`)
const policy: RetryPolicy = { strategy: { type: 'fixed_delay', delayMinutes: 0, maxRetries: 3 }, afterPause: (dueAtMs) => dueAtMs }
const plan = somePlan({ totalContacts: contactIds.length })

type Report = Outcome | 'retry_pointless' | 'expired' | 'suppressed'
const reports: Report[] = ['completed', 'voicemail', 'no_answer', 'busy', 'rejected', 'failed', 'retry_pointless', 'expired', 'suppressed']

/** One second of an execution. A pick is an index into the facts that there are then, modulo their number. */
const aStep = fc.record({
  called: fc.subarray(contactIds),
  reports: fc.array(fc.constantFrom(...reports), { minLength: 12, maxLength: 12 }),
  arriving: fc.array(fc.nat(), { maxLength: 16 }),
  repeated: fc.array(fc.nat(), { maxLength: 4 }),
  isRepeatedFirst: fc.boolean(),
})
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never

/** The contact's call as a bridge may report it: it started and ended, or it was never dialed. */
function factsAbout(contactId: string, callId: string, attempt: number, nowMs: number, report: Report): CallFact[] {
  const snapshot = { contactId, phone: '+212600000000', firstName: null, lastName: null, attributes: {} }
  const made = dialOrder(plan, snapshot, { callId, attempt, didNumber: '+212522000000', notBeforeMs: nowMs, notAfterMs: nowMs + 1 })
  if (report === 'expired' || report === 'suppressed') return [notDialed(made, nowMs, report)]
  const isPointless = report === 'retry_pointless'
  return [started(made, nowMs), ended(made, nowMs, isPointless ? 'failed' : report, isPointless)]
}

const aCancelStep = fc.option(fc.integer({ min: 0, max: 60 }))

test('facts that come twice, late or in another order lose no contact and give none two calls', () => {
  fc.assert(fc.property(fc.array(aStep, { minLength: 20, maxLength: 60 }), aCancelStep, playCalls), { numRuns: 200 })
})

function playCalls(steps: readonly Step[], cancelStep: number | null): void {
  const contacts = new Map<string, Contact>()
  for (const id of contactIds) contacts.set(id, { status: 'pending', attempt: 0, dueAtMs: 0, callId: null })
  let counts = initialCounts(contactIds.length)
  let isLive = true
  const told: CallFact[] = []
  let untold: CallFact[] = []
  const callOf = new Map<string, { contactId: string; ended: boolean }>()

  for (const [index, step] of steps.entries()) {
    const nowMs = index * 1_000
    if (index === cancelStep) {
      isLive = false
      counts = skipWaiting(counts)
      for (const [id, contact] of contacts) {
        if (isWaiting(contact)) contacts.set(id, { status: 'skipped', attempt: contact.attempt, callId: contact.callId, skipReason: null })
      }
    }
    for (const id of step.called) {
      const contact = contacts.get(id)
      if (!isLive || !contact || !isWaiting(contact) || contact.dueAtMs > nowMs) continue
      const callId = `018f0000-0000-7000-a000-${String(callOf.size).padStart(12, '0')}`
      for (const [, call] of callOf) if (call.contactId === id) expect(call.ended).toBe(true)
      callOf.set(callId, { contactId: id, ended: false })
      const after = order(contact, callId)
      countMove(counts, contact.status, after.status)
      contacts.set(id, after)
      untold.push(...factsAbout(id, callId, after.attempt, nowMs, step.reports[contactIds.indexOf(id)] ?? 'busy'))
    }
    const arriving = picked(untold, step.arriving)
    const repeated = picked(told, step.repeated)
    untold = untold.filter((fact) => !arriving.includes(fact))
    const batch = step.isRepeatedFirst ? [...repeated, ...arriving] : [...arriving, ...repeated]
    told.push(...arriving)
    for (const fact of batch) {
      const call = callOf.get(fact.data.callId)
      if (call && fact.type !== 'call.started') call.ended = true
    }
    const folded = foldCallFacts(contacts, counts, batch, policy, isLive, nowMs)
    counts = folded.counts
    for (const { contactId, contact } of folded.changes) contacts.set(contactId, contact)
    assertBalanced(counts, contactIds.length)
    const open = [...contacts.values()].filter(isOpen)
    expect(open.length).toBe(counts.queued + counts.calling)
    for (const contact of contacts.values()) expect(contact.attempt).toBeLessThanOrEqual(4)
  }
}

function picked(facts: readonly CallFact[], picks: readonly number[]): CallFact[] {
  return picks.flatMap((pick) => facts[pick % facts.length] ?? [])
}
