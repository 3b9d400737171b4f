import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { OutboxMessage } from '@carillon/service-kit/messaging/outbox'
import { type CallFact, type ChangedContact, foldCallFacts } from '../domain/call-facts.ts'
import { type Contact, isWaiting, order, type WaitingContact } from '../domain/contact.ts'
import { assertBalanced, countMove, inProgress } from '../domain/contact-counts.ts'
import { dialOrder } from '../domain/dial-order.ts'
import { assignDid } from '../domain/did-rotation.ts'
import { afterLastContact, afterTime, type ExecutionState, isLive, type Transition } from '../domain/execution.ts'
import { contactsChangedEvent, lifecycleEvent } from '../domain/execution-messages.ts'
import { decidePacing, type PacingDecision, refill } from '../domain/pacing.ts'
import type { ContactWrite, DueContact } from '../store/execution-contacts.ts'
import type { ExecutionMemory, Outlook } from './execution-memory.ts'

export interface Now {
  ms: number
  /** Platform milliseconds in a real one. */
  speed: number
  /** How long an order may be dialed after it was made, in platform milliseconds. */
  orderValidityMs: number
}

/** One execution's part in a round: what becomes of it, in memory, from its locked row to what is to be written and published. */
export class Turn {
  readonly memory: ExecutionMemory
  state: ExecutionState
  outlook: Outlook
  readonly messages: OutboxMessage[] = []
  /** Of this turn's orders: when each ends. */
  readonly ordered = new Map<string, number>()
  readonly #before: ExecutionState
  readonly #now: Now
  readonly #changes: ChangedContact[] = []
  readonly #writes = new Map<string, ContactWrite>()
  #causationId: string | null = null

  constructor(memory: ExecutionMemory, state: ExecutionState, now: Now) {
    const { callsPerSecond } = memory.plan
    const { bucket } = memory.outlook
    this.memory = memory
    this.state = state
    this.#before = state
    this.#now = now
    this.outlook = {
      ...memory.outlook,
      bucket: callsPerSecond === null ? bucket : refill(bucket, callsPerSecond, now.speed, now.ms),
      needsDids: false,
    }
  }

  get hasChanged(): boolean {
    return this.state !== this.#before
  }

  /** Somebody who is due now is not written yet. */
  get hasUnwrittenDue(): boolean {
    for (const { contact } of this.#writes.values()) if (isWaiting(contact) && contact.dueAtMs <= this.#now.ms) return true
    return false
  }

  passTime(): void {
    this.#transit(afterTime(this.memory.plan, this.state, this.#now.ms))
  }

  /** @param contacts those that the facts name; changed ones are replaced in place. */
  fold(facts: readonly CallFact[], contacts: Map<string, Contact>): void {
    const { counts, changes } = foldCallFacts(contacts, this.state.counts, facts, this.memory.policy, isLive(this.state), this.#now.ms)
    if (changes.length === 0) return
    this.state = { ...this.state, counts }
    this.#causationId = facts.at(-1)?.id ?? null
    for (const change of changes) this.#note(change)
    // Whoever comes back to the queue of first attempts may stand before the cursor.
    if (changes.some(({ contact }) => contact.status === 'pending')) this.outlook.cursor = null
  }

  decide(): PacingDecision {
    const { plan, windows } = this.memory
    const { bucket, nextDueAtMs } = this.outlook
    const { ms: nowMs, speed, orderValidityMs } = this.#now
    return decidePacing({ plan, state: this.state, windows, bucket, nextDueAtMs, nowMs, speed, orderValidityMs })
  }

  /** Orders a call to each contact whose local time allows it; the others are due again when it does. */
  orderCalls(due: readonly DueContact[], pool: readonly string[], notAfterMs: number): void {
    const { plan, hours } = this.memory
    const counts = { ...this.state.counts }
    let { didCursor } = this.state
    for (const { contact, didNumber, ...snapshot } of due) {
      const { contactId, phone } = snapshot
      if (contact.attempt === 0) this.outlook.cursor = { dueAtMs: contact.dueAtMs, contactId }
      const openAtMs = hours ? hours.nextOpen(phone, this.#now.ms) : this.#now.ms
      if (openAtMs !== this.#now.ms) {
        const postponed = postpone(contact, openAtMs)
        countMove(counts, contact.status, postponed.status)
        this.#note({ contactId, contact: postponed })
        continue
      }
      const did = assignDid(didNumber, pool, didCursor)
      const endMs = hours ? hours.openUntil(phone, this.#now.ms, notAfterMs) : notAfterMs
      const after = order(contact, uuidv7(this.#now.ms))
      const call = { callId: after.callId, attempt: after.attempt, didNumber: did.number, notAfterMs: endMs }
      didCursor = did.cursor
      countMove(counts, contact.status, after.status)
      this.#note({ contactId, contact: after }, did.number, endMs)
      this.ordered.set(after.callId, endMs)
      this.messages.push({ stream: 'DIAL', laneKey: plan.id, message: dialOrder(plan, snapshot, call) })
    }
    this.state = { ...this.state, counts, didCursor }
    if (plan.callsPerSecond === null) return
    const { bucket } = this.outlook
    this.outlook.bucket = { ...bucket, tokens: bucket.tokens - this.ordered.size }
  }

  /** Tells what became of the contacts, completes the execution if nobody is left, and checks that nobody was lost. */
  conclude(): void {
    const { plan } = this.memory
    if (this.#changes.length > 0) {
      this.state = { ...this.state, revision: this.state.revision + 1 }
      this.#tell(contactsChangedEvent(plan, this.state, this.#changes, this.#now.ms, this.#causationId))
    }
    this.#transit(afterLastContact(this.state, this.#now.ms))
    if (!isLive(this.state) && this.outlook.isSwept && inProgress(this.state.counts) === 0 && !this.state.settled) {
      this.state = { ...this.state, settled: true }
    }
    assertBalanced(this.state.counts, plan.totalContacts)
    this.outlook.revision = this.state.revision
    this.outlook.isSettled = this.state.settled
  }

  /** The contacts that are to be written, which are then taken as written. */
  takeWrites(): ContactWrite[] {
    const writes = [...this.#writes.values()]
    this.#writes.clear()
    return writes
  }

  #note(change: ChangedContact, didNumber: string | null = null, orderNotAfterMs: number | null = null): void {
    const { contactId, contact } = change
    this.#changes.push(change)
    this.#writes.set(contactId, { executionId: this.memory.plan.id, contactId, contact, didNumber, orderNotAfterMs })
    if (isWaiting(contact)) this.outlook.nextDueAtMs = Math.min(this.outlook.nextDueAtMs, contact.dueAtMs)
  }

  #transit(transition: Transition | undefined): void {
    if (!transition) return
    this.state = transition.state
    this.#tell(lifecycleEvent(this.memory.plan, transition, this.#now.ms, null))
  }

  #tell(message: OutboxMessage['message']): void {
    this.messages.push({ stream: 'PROGRAMS', laneKey: this.memory.plan.id, message })
  }
}

/** A contact that may not be called at this hour; one that never may is skipped. */
function postpone(contact: WaitingContact, openAtMs: number | null): Contact {
  if (openAtMs === null) return { status: 'skipped', attempt: contact.attempt, callId: contact.callId }
  return { ...contact, dueAtMs: openAtMs }
}
