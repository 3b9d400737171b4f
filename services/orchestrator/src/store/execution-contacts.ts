import { updateRows } from '@carillon/service-kit/postgres/batch'
import type { Tx } from '@carillon/service-kit/postgres/database'
import { type Contact, isWaiting, type WaitingContact } from '../domain/contact.ts'
import type { ContactSnapshot } from '../domain/dial-order.ts'
import type { DueContact } from '../domain/order-calls.ts'
import type { QueueCursor } from '../domain/outlook.ts'
import type { ContactWrite, OverdueOrder } from '../domain/turn.ts'
import { executionContacts } from './schema.ts'

type Row = typeof executionContacts.$inferSelect
type StandingRow = Pick<Row, 'executionId' | 'contactId' | 'status' | 'attempt' | 'dueAt' | 'callId'>

/** These contacts by execution and id, as far as they exist. */
export async function loadContacts(
  tx: Tx,
  keys: readonly { executionId: string; contactId: string }[],
): Promise<Map<string, Map<string, Contact>>> {
  const found = new Map<string, Map<string, Contact>>()
  if (keys.length === 0) return found
  const rows = await tx.sql<StandingRow[]>`
    select c.execution_id as "executionId", c.contact_id as "contactId", c.status, c.attempt, c.due_at as "dueAt", c.call_id as "callId"
    from unnest(${keys.map((key) => key.executionId)}::uuid[], ${keys.map((key) => key.contactId)}::uuid[]) as k (execution_id, contact_id)
    join execution_contacts c on c.execution_id = k.execution_id and c.contact_id = k.contact_id`
  for (const row of rows) {
    const contacts = found.get(row.executionId) ?? new Map<string, Contact>()
    contacts.set(row.contactId, toContact(row))
    found.set(row.executionId, contacts)
  }
  return found
}

/** Writes contacts back, each once. */
export async function writeContacts(tx: Tx, writes: readonly ContactWrite[]): Promise<void> {
  const rows = writes.map(({ executionId, contactId, contact, didNumber, orderNotAfterMs }) => ({
    executionId,
    contactId,
    status: contact.status,
    attempt: contact.attempt,
    dueAt: isWaiting(contact) ? new Date(contact.dueAtMs) : null,
    callId: contact.callId,
    didNumber,
    orderNotAfter: orderNotAfterMs === null ? null : new Date(orderNotAfterMs),
  }))
  await updateRows(tx, executionContacts, rows, {
    key: ['executionId', 'contactId'],
    columns: ['executionId', 'contactId', 'status', 'attempt', 'dueAt', 'callId', 'didNumber', 'orderNotAfter'],
    set: {
      isRetry: 'given.attempt > 0',
      didNumber: 'coalesce(given.did_number, stored.did_number)',
      orderNotAfter: 'coalesce(given.order_not_after, stored.order_not_after)',
    },
  })
}

const snapshotColumns = 'contact_id as "contactId", phone, first_name as "firstName", last_name as "lastName", attributes'

type DueRow = ContactSnapshot & Omit<WaitingContact, 'dueAtMs'> & { dueAt: Date; didNumber: string | null }

/**
 * The next contacts that are due: retries before first attempts, each in the order in which they fell due.
 *
 * @param after where to continue among the first attempts. Read from the beginning, the index would pass over every claimed row again that vacuum
 * has not removed yet.
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
  const columns = tx.sql.unsafe(`${snapshotColumns}, status, attempt, due_at as "dueAt", call_id as "callId", did_number as "didNumber"`)
  const rows = await tx.sql<DueRow[]>`
    (select ${columns} from execution_contacts where execution_id = ${executionId} and is_retry and due_at <= ${now}
     order by due_at, contact_id limit ${limit})
    union all
    (select ${columns} from execution_contacts where execution_id = ${executionId} and not is_retry and due_at <= ${now} ${from}
     order by due_at, contact_id limit ${limit})
    limit ${limit}`
  return rows.map(({ status, attempt, dueAt, callId, ...row }) => ({
    ...row,
    contact: { status, attempt, dueAtMs: dueAt.getTime(), callId },
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

/** Orders whose time to be dialed ended at or before an instant and that nothing answered. Reads the whole execution, so it is for rare use. */
export async function findOverdueOrders(tx: Tx, executionId: string, beforeMs: number, limit: number): Promise<OverdueOrder[]> {
  const columns = tx.sql.unsafe(snapshotColumns)
  const rows = await tx.sql<(Omit<OverdueOrder, 'notAfterMs'> & { notAfter: Date })[]>`
    select ${columns}, attempt, call_id as "callId", did_number as "didNumber", order_not_after as "notAfter"
    from execution_contacts
    where execution_id = ${executionId} and status = 'queued' and order_not_after <= ${new Date(beforeMs)} limit ${limit}`
  return rows.map(({ notAfter, ...row }) => ({ ...row, notAfterMs: notAfter.getTime() }))
}

/** Marks waiting contacts as skipped, `limit` at most. Returns how many. */
export async function skipWaitingContacts(tx: Tx, executionId: string, limit: number): Promise<number> {
  const { count } = await tx.sql`
    update execution_contacts set status = 'skipped', due_at = null
    where execution_id = ${executionId} and contact_id = any (array(
      select contact_id from execution_contacts where execution_id = ${executionId} and due_at is not null
      order by is_retry, due_at, contact_id limit ${limit}))`
  return count
}

function toContact({ executionId, contactId, status, attempt, dueAt, callId }: StandingRow): Contact {
  switch (status) {
    case 'pending':
    case 'pending_retry':
      return { status, attempt, dueAtMs: dueAt?.getTime() ?? 0, callId }
    case 'queued':
    case 'calling':
      if (callId === null) throw new Error(`contact ${contactId} of ${executionId} is ${status} without a call`)
      return { status, attempt, callId }
    default:
      return { status, attempt, callId }
  }
}
