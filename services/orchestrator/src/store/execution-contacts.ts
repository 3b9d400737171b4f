import { updateRows } from '@carillon/service-kit/postgres/batch'
import type { Tx } from '@carillon/service-kit/postgres/database'
import { type Contact, isWaiting, type WaitingContact } from '../domain/contact.ts'
import type { ContactSnapshot } from '../domain/dial-order.ts'
import type { DueContact } from '../domain/order-calls.ts'
import type { QueueCursor } from '../domain/outlook.ts'
import type { ContactWrite, OverdueOrder } from '../domain/turn.ts'
import { executionContacts } from './schema.ts'

type Row = typeof executionContacts.$inferSelect
type StandingRow = Pick<Row, 'executionId' | 'contactId' | 'status' | 'attempt' | 'dueAt' | 'callId' | 'skipReason'>

/** These contacts by execution and id, as far as they exist. */
export async function loadContacts(
  tx: Tx,
  keys: readonly { executionId: string; contactId: string }[],
): Promise<Map<string, Map<string, Contact>>> {
  const found = new Map<string, Map<string, Contact>>()
  if (keys.length === 0) return found
  const rows = await tx.sql<StandingRow[]>`
    select c.execution_id as "executionId", c.contact_id as "contactId", c.status, c.attempt, c.due_at as "dueAt", c.call_id as "callId", c.skip_reason as "skipReason"
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
    skipReason: contact.status === 'skipped' ? contact.skipReason : null,
  }))
  await updateRows(tx, executionContacts, rows, {
    key: ['executionId', 'contactId'],
    columns: ['executionId', 'contactId', 'status', 'attempt', 'dueAt', 'callId', 'didNumber', 'orderNotAfter', 'skipReason'],
    set: {
      isRetry: 'given.attempt > 0',
      didNumber: 'coalesce(given.did_number, stored.did_number)',
      orderNotAfter: 'coalesce(given.order_not_after, stored.order_not_after)',
    },
  })
}

/** Comes before every id. */
const firstUuid = '00000000-0000-0000-0000-000000000000'

const snapshotColumns = 'contact_id as "contactId", phone, first_name as "firstName", last_name as "lastName", attributes'

type DueRow = ContactSnapshot &
  Omit<WaitingContact, 'dueAtMs'> & { dueAt: Date; didNumber: string | null; zone: string; due_at: Date; contact_id: string }

/** Where the queues of first attempts are read from: by zone, the place after which to look. */
type QueueCursors = ReadonlyMap<string, QueueCursor>

/** The next contacts of these zones that are due: retries before first attempts, each in the order in which they fell due. */
export async function findDueContacts(
  tx: Tx,
  executionId: string,
  zones: readonly string[],
  nowMs: number,
  limit: number,
  cursors: QueueCursors,
): Promise<DueContact[]> {
  if (zones.length === 0) return []
  const now = new Date(nowMs)
  const after = zones.map((zone) => cursors.get(zone))
  const columns = tx.sql.unsafe(
    `${snapshotColumns}, status, attempt, due_at as "dueAt", call_id as "callId", did_number as "didNumber", zone`,
  )
  const rows = await tx.sql<DueRow[]>`
    (select c.* from unnest(${[...zones]}::text[]) as z (name) cross join lateral (
       select ${columns}, due_at, contact_id from execution_contacts
       where execution_id = ${executionId} and is_retry and zone = z.name and due_at <= ${now}
       order by due_at, contact_id limit ${limit}) c
     order by c.due_at, c.contact_id limit ${limit})
    union all
    (select c.* from unnest(
       ${[...zones]}::text[],
       ${after.map((cursor) => (cursor ? new Date(cursor.dueAtMs).toISOString() : '-infinity'))}::text[]::timestamptz[],
       ${after.map((cursor) => cursor?.contactId ?? firstUuid)}::uuid[]) as z (name, due_at, contact_id) cross join lateral (
       select ${columns}, due_at, contact_id from execution_contacts
       where execution_id = ${executionId} and not is_retry and zone = z.name and due_at <= ${now}
       and (execution_contacts.due_at, execution_contacts.contact_id) > (z.due_at, z.contact_id)
       order by due_at, contact_id limit ${limit}) c
     order by c.due_at, c.contact_id limit ${limit})
    limit ${limit}`
  return rows.map(({ status, attempt, dueAt, callId, due_at, contact_id, ...row }) => ({
    ...row,
    contact: { status, attempt, dueAtMs: dueAt.getTime(), callId },
  }))
}

/** When the next waiting contact of each of these zones is due; a zone in which nobody waits is left out. */
export async function nextDueByZone(tx: Tx, executionId: string, zones: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.sql<{ zone: string; due_at: Date | null }[]>`
    select z.name as zone, least(
      (select min(due_at) from execution_contacts where execution_id = ${executionId} and is_retry and zone = z.name and due_at is not null),
      (select min(due_at) from execution_contacts where execution_id = ${executionId} and not is_retry and zone = z.name and due_at is not null)
    ) as due_at from unnest(${[...zones]}::text[]) as z (name)`
  return new Map(rows.flatMap(({ zone, due_at }) => (due_at === null ? [] : [[zone, due_at.getTime()] as const])))
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
    update execution_contacts set status = 'skipped', due_at = null, skip_reason = 'execution_ended'
    where execution_id = ${executionId} and contact_id = any (array(
      select contact_id from execution_contacts where execution_id = ${executionId} and due_at is not null
      order by is_retry, zone, due_at, contact_id limit ${limit}))`
  return count
}

/** A stored state. */
export function toContact({ executionId, contactId, status, attempt, dueAt, callId, skipReason }: StandingRow): Contact {
  switch (status) {
    case 'pending':
    case 'pending_retry':
      return { status, attempt, dueAtMs: dueAt?.getTime() ?? 0, callId }
    case 'queued':
    case 'calling':
      if (callId === null) throw new Error(`contact ${contactId} of ${executionId} is ${status} without a call`)
      return { status, attempt, callId }
    case 'skipped':
      return { status, attempt, callId, skipReason }
    default:
      return { status, attempt, callId }
  }
}
