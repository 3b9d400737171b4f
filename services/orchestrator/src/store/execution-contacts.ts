import type { ContactStatus } from '@carillon/contracts/execution'
import type { Tx } from '@carillon/service-kit/postgres/database'
import { type Contact, isWaiting } from '../domain/contact.ts'
import type { ContactSnapshot } from '../domain/dial-order.ts'
import type { DueContact } from '../domain/order-calls.ts'
import type { QueueCursor } from '../domain/outlook.ts'
import type { ContactWrite, OverdueOrder } from '../domain/turn.ts'

interface StateRow {
  execution_id: string
  contact_id: string
  status: ContactStatus
  attempt: number
  due_at: Date | null
  call_id: string | null
}

/** The contacts that are asked for, by execution and id; those that do not exist are left out. */
export async function loadContacts(
  tx: Tx,
  keys: readonly { executionId: string; contactId: string }[],
): Promise<Map<string, Map<string, Contact>>> {
  const found = new Map<string, Map<string, Contact>>()
  if (keys.length === 0) return found
  const rows = await tx.sql<StateRow[]>`
    select c.execution_id, c.contact_id, c.status, c.attempt, c.due_at, c.call_id
    from unnest(${keys.map((key) => key.executionId)}::uuid[], ${keys.map((key) => key.contactId)}::uuid[]) as k (execution_id, contact_id)
    join execution_contacts c on c.execution_id = k.execution_id and c.contact_id = k.contact_id`
  for (const row of rows) {
    const contacts = found.get(row.execution_id) ?? new Map<string, Contact>()
    contacts.set(row.contact_id, toContact(row))
    found.set(row.execution_id, contacts)
  }
  return found
}

/** Writes contacts back, each once. */
export async function writeContacts(tx: Tx, writes: readonly ContactWrite[]): Promise<void> {
  if (writes.length === 0) return
  const contacts = writes.map((write) => write.contact)
  await tx.sql`
    update execution_contacts as c
    set status = w.status, attempt = w.attempt, is_retry = w.attempt > 0, due_at = w.due_at, call_id = w.call_id,
        did_number = coalesce(w.did_number, c.did_number), order_not_after = coalesce(w.order_not_after, c.order_not_after)
    from unnest(
      ${writes.map((write) => write.executionId)}::uuid[], ${writes.map((write) => write.contactId)}::uuid[],
      ${contacts.map((contact) => contact.status)}::text[], ${contacts.map((contact) => contact.attempt)}::smallint[],
      ${contacts.map((contact) => (isWaiting(contact) ? contact.dueAtMs : null))}::timestamptz[],
      ${contacts.map((contact) => contact.callId)}::uuid[], ${writes.map((write) => write.didNumber)}::text[],
      ${writes.map((write) => write.orderNotAfterMs)}::timestamptz[]
    ) as w (execution_id, contact_id, status, attempt, due_at, call_id, did_number, order_not_after)
    where c.execution_id = w.execution_id and c.contact_id = w.contact_id`
}

interface SnapshotRow {
  contact_id: string
  phone: string
  first_name: string | null
  last_name: string | null
  attributes: ContactSnapshot['attributes']
  attempt: number
  did_number: string | null
}

interface DueRow extends SnapshotRow {
  status: 'pending' | 'pending_retry'
  due_at: Date
  call_id: string | null
}

/**
 * The next contacts whose turn it is, retries before first attempts, each in the order in which they fell due. `after` is where to go
 * on among the first attempts: without it, every claimed row that vacuum has not removed yet would be passed over again.
 */
export async function findDueContacts(
  tx: Tx,
  executionId: string,
  nowMs: number,
  limit: number,
  after: QueueCursor | null,
): Promise<DueContact[]> {
  const now = new Date(nowMs)
  const from = after ? tx.sql`and (due_at, contact_id) > (${new Date(after.dueAtMs)}, ${after.contactId})` : tx.sql``
  const rows = await tx.sql<DueRow[]>`
    (select contact_id, phone, first_name, last_name, attributes, status, attempt, due_at, call_id, did_number
     from execution_contacts where execution_id = ${executionId} and is_retry and due_at <= ${now}
     order by due_at, contact_id limit ${limit})
    union all
    (select contact_id, phone, first_name, last_name, attributes, status, attempt, due_at, call_id, did_number
     from execution_contacts where execution_id = ${executionId} and not is_retry and due_at <= ${now} ${from}
     order by due_at, contact_id limit ${limit})
    limit ${limit}`
  return rows.map((row) => ({
    ...toSnapshot(row),
    didNumber: row.did_number,
    contact: { status: row.status, attempt: row.attempt, dueAtMs: row.due_at.getTime(), callId: row.call_id },
  }))
}

/** When the next waiting contact is due; `Infinity` where nobody waits. */
export async function nextDueAt(tx: Tx, executionId: string): Promise<number> {
  const [row] = await tx.sql<{ due_at: Date | null }[]>`
    select least(
      (select min(due_at) from execution_contacts where execution_id = ${executionId} and is_retry and due_at is not null),
      (select min(due_at) from execution_contacts where execution_id = ${executionId} and not is_retry and due_at is not null)
    ) as due_at`
  return row?.due_at?.getTime() ?? Infinity
}

/** Orders that could not be dialed any more at or before an instant, and whose contacts are still queued. Reads the whole execution: not for every day. */
export async function findOverdueOrders(tx: Tx, executionId: string, beforeMs: number, limit: number): Promise<OverdueOrder[]> {
  const rows = await tx.sql<(SnapshotRow & { call_id: string; did_number: string; order_not_after: Date })[]>`
    select contact_id, phone, first_name, last_name, attributes, attempt, call_id, did_number, order_not_after
    from execution_contacts
    where execution_id = ${executionId} and status = 'queued' and order_not_after <= ${new Date(beforeMs)} limit ${limit}`
  return rows.map((row) => ({
    ...toSnapshot(row),
    callId: row.call_id,
    attempt: row.attempt,
    didNumber: row.did_number,
    notAfterMs: row.order_not_after.getTime(),
  }))
}

/** Marks contacts that still wait as skipped, `limit` at most; answers how many. */
export async function skipWaitingContacts(tx: Tx, executionId: string, limit: number): Promise<number> {
  const { count } = await tx.sql`
    update execution_contacts set status = 'skipped', due_at = null
    where execution_id = ${executionId} and contact_id = any (array(
      select contact_id from execution_contacts where execution_id = ${executionId} and due_at is not null
      order by is_retry, due_at, contact_id limit ${limit}))`
  return count
}

function toContact(row: StateRow): Contact {
  const { status, attempt, call_id: callId } = row
  switch (status) {
    case 'pending':
    case 'pending_retry':
      return { status, attempt, dueAtMs: row.due_at?.getTime() ?? 0, callId }
    case 'queued':
    case 'calling':
      if (callId === null) throw new Error(`contact ${row.contact_id} of ${row.execution_id} is ${status} without a call`)
      return { status, attempt, callId }
    default:
      return { status, attempt, callId }
  }
}

function toSnapshot(row: SnapshotRow): ContactSnapshot {
  return {
    contactId: row.contact_id,
    phone: row.phone,
    firstName: row.first_name,
    lastName: row.last_name,
    attributes: row.attributes,
  }
}
