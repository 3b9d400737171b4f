import type { Outcome } from '@carillon/contracts/program'
import { expect, test } from 'vitest'
import { ended, notDialed, started } from '../../test/support/carrier.ts'
import { somePlan } from '../../test/support/execution.ts'
import { type CallFact, foldCallFacts } from './call-facts.ts'
import { type Contact, isOpen, isWaiting, order, type RetryPolicy } from './contact.ts'
import { assertBalanced, countMove, initialCounts, skipWaiting } from './contact-counts.ts'
import { dialOrder } from './dial-order.ts'

/** Mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const outcomes: Outcome[] = ['completed', 'voicemail', 'no_answer', 'busy', 'rejected', 'failed']
const policy: RetryPolicy = { strategy: { type: 'fixed_delay', delayMinutes: 0, maxRetries: 3 }, afterPause: (dueAtMs) => dueAtMs }
const plan = somePlan({ totalContacts: 12 })

/** What a bridge may say about an order: it began and ended, or it was never dialed. */
function factsAbout(contactId: string, callId: string, attempt: number, nowMs: number, draw: () => number): CallFact[] {
  const snapshot = { contactId, phone: '+212600000000', firstName: null, lastName: null, attributes: {} }
  const made = dialOrder(plan, snapshot, { callId, attempt, didNumber: '+212522000000', notAfterMs: nowMs + 1 })
  if (draw() < 0.2) return [notDialed(made, nowMs, draw() < 0.8 ? 'expired' : 'suppressed')]
  return [started(made, nowMs), ended(made, nowMs, outcomes[Math.floor(draw() * outcomes.length)] ?? 'busy', draw() < 0.1)]
}

test.each(Array.from({ length: 200 }, (_, seed) => seed))(
  'whatever is told twice, late or in another order: nobody is lost, and nobody has two calls (seed %i)',
  (seed) => {
    const draw = random(seed)
    const contacts = new Map<string, Contact>()
    for (let index = 0; index < 12; index++) contacts.set(`contact-${index}`, { status: 'pending', attempt: 0, dueAtMs: 0, callId: null })
    let counts = initialCounts(12)
    let isLive = true
    const told: CallFact[] = []
    let untold: CallFact[] = []
    const callOf = new Map<string, { contactId: string; ended: boolean }>()

    for (let step = 0; step < 60; step++) {
      const nowMs = step * 1_000
      if (step === 45 && draw() < 0.3) {
        isLive = false
        counts = skipWaiting(counts)
        for (const [id, contact] of contacts) {
          if (isWaiting(contact)) contacts.set(id, { status: 'skipped', attempt: contact.attempt, callId: contact.callId })
        }
      }
      for (const [id, contact] of contacts) {
        if (!isLive || !isWaiting(contact) || contact.dueAtMs > nowMs || draw() < 0.5) continue
        const callId = `018f0000-0000-7000-a000-${String(callOf.size).padStart(12, '0')}`
        for (const [, call] of callOf) if (call.contactId === id) expect(call.ended).toBe(true)
        callOf.set(callId, { contactId: id, ended: false })
        const after = order(contact, callId)
        countMove(counts, contact.status, after.status)
        contacts.set(id, after)
        untold.push(...factsAbout(id, callId, after.attempt, nowMs, draw))
      }
      // Some facts arrive, in any order; some that arrived before arrive again.
      const batch = untold.filter(() => draw() < 0.4)
      untold = untold.filter((fact) => !batch.includes(fact))
      batch.push(...told.filter(() => draw() < 0.1))
      batch.sort(() => draw() - 0.5)
      told.push(...batch)
      for (const fact of batch) {
        const call = callOf.get(fact.data.callId)
        if (call && fact.type !== 'call.started') call.ended = true
      }
      const folded = foldCallFacts(contacts, counts, batch, policy, isLive, nowMs)
      counts = folded.counts
      assertBalanced(counts, 12)
      const open = [...contacts.values()].filter(isOpen)
      expect(open.length).toBe(counts.queued + counts.calling)
      for (const contact of contacts.values()) expect(contact.attempt).toBeLessThanOrEqual(4)
    }
  },
)
