import type { DialOrder } from '@carillon/contracts/dial-order'
import type { SkipReason } from '@carillon/contracts/execution-contact'
import { type Contact, order, type SkippedContact, type WaitingContact } from './contact.ts'
import { countMove } from './contact-counts.ts'
import { type ContactSnapshot, dialOrder, type OrderedCall } from './dial-order.ts'
import { assignDid } from './did-rotation.ts'
import type { ExecutionRules } from './execution-rules.ts'
import { type ContactWrite, type Turn, withWrites } from './turn.ts'

/** A contact that waits and is due. */
export interface DueContact extends ContactSnapshot {
  contact: WaitingContact
  /** The DID of its earlier calls. */
  didNumber: string | null
  zone: string
}

/** What calls are ordered with. */
export interface Ordering {
  /** The numbers that may be called from now; not empty. */
  pool: readonly string[]
  /** From when and until when the orders may be dialed. */
  notBeforeMs: number
  notAfterMs: number
  nowMs: number
  /** The numbers among them that the organization must not call (contract rule 20). */
  doNotCall: ReadonlySet<string>
  newCallId(): string
}

/**
 * The first of these contacts: as many that may be called as there is room for, and those among them whose number must not be called. They take nobody's room.
 */
export function withinRoom(due: readonly DueContact[], doNotCall: ReadonlySet<string>, room: number): DueContact[] {
  let left = room
  const end = due.findIndex(({ phone }) => !doNotCall.has(phone) && left-- === 0)
  return end === -1 ? [...due] : due.slice(0, end)
}

/**
 * Orders a call to each contact that may be called at this hour. The others wait until they may, and are skipped if they never may or if the organization must
 * not call their number.
 */
export function orderCalls({ plan, hours }: ExecutionRules, turn: Turn, due: readonly DueContact[], ordering: Ordering): Turn {
  const { pool, notBeforeMs, notAfterMs, nowMs, doNotCall, newCallId } = ordering
  const counts = { ...turn.state.counts }
  let { didCursor } = turn.state
  const cursors = new Map(turn.outlook.cursors)
  const writes: ContactWrite[] = []
  const ordered: OrderedCall[] = []
  const orders: DialOrder[] = []
  for (const { contact, didNumber: previousDid, zone, ...snapshot } of due) {
    const { contactId, phone } = snapshot
    if (contact.attempt === 0) cursors.set(zone, { dueAtMs: contact.dueAtMs, contactId })
    const openAtMs = hours ? hours.nextOpen(phone, nowMs) : nowMs
    const isListed = doNotCall.has(phone)
    if (isListed || openAtMs !== nowMs) {
      const after = isListed ? skip(contact, 'do_not_call') : postpone(contact, openAtMs)
      countMove(counts, contact.status, after.status)
      writes.push({ executionId: plan.id, contactId, contact: after, didNumber: null, orderNotAfterMs: null })
      continue
    }
    const did = assignDid(previousDid, pool, didCursor)
    didCursor = did.cursor
    const after = order(contact, newCallId())
    countMove(counts, contact.status, after.status)
    const orderNotAfterMs = hours ? hours.openUntil(phone, nowMs, notAfterMs) : notAfterMs
    const call = {
      callId: after.callId,
      attempt: after.attempt,
      didNumber: did.number,
      notBeforeMs: Math.max(contact.dueAtMs, hours ? hours.openSince(phone, nowMs, notBeforeMs) : notBeforeMs),
      notAfterMs: orderNotAfterMs,
    }
    writes.push({ executionId: plan.id, contactId, contact: after, didNumber: did.number, orderNotAfterMs })
    ordered.push(call)
    orders.push(dialOrder(plan, snapshot, call))
  }
  const { bucket } = turn.outlook
  const tokens = plan.callsPerSecond === null ? bucket.tokens : bucket.tokens - ordered.length
  const after = {
    ...turn,
    state: { ...turn.state, counts, didCursor },
    outlook: { ...turn.outlook, cursors, bucket: { ...bucket, tokens } },
    orders: [...turn.orders, ...orders],
    ordered: [...turn.ordered, ...ordered],
  }
  return withWrites(after, writes)
}

/** A contact that may not be called at this hour waits until `openAtMs`; null: it never may. */
function postpone(contact: WaitingContact, openAtMs: number | null): Contact {
  return openAtMs === null ? skip(contact, 'calling_hours') : { ...contact, dueAtMs: openAtMs }
}

function skip({ attempt, callId }: WaitingContact, skipReason: SkipReason): SkippedContact {
  return { status: 'skipped', attempt, callId, skipReason }
}
