import type { ContactTriggerStatus } from '@carillon/contracts/contact-trigger'
import { toIso } from '@carillon/contracts/instant'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import { updateRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, eq } from 'drizzle-orm'
import type { LiveExecution, WantedTrigger } from '../domain/trigger.ts'
import { contactTriggers } from './schema.ts'

export type ContactTriggerRow = typeof contactTriggers.$inferSelect

export const triggerOrder = newestFirst<ContactTriggerRow>([contactTriggers.id], ({ id }) => [id])

export async function listTriggers(
  orm: Orm,
  programId: string,
  status: ContactTriggerStatus | undefined,
  slice: Slice,
): Promise<ContactTriggerRow[]> {
  return orm
    .select()
    .from(contactTriggers)
    .where(and(eq(contactTriggers.programId, programId), status && eq(contactTriggers.status, status), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
}

/** Makes the triggers of contacts, one each, that have none waiting and have had none of the same time. */
export async function insertTriggers(
  { sql }: Tx,
  execution: LiveExecution,
  wanted: readonly (WantedTrigger & { id: string })[],
  atMs: number,
): Promise<void> {
  if (wanted.length === 0) return
  await sql`
    insert into contact_triggers (id, organization_id, program_id, execution_id, contact_id, contact_name, contact_phone, trigger_at, attribute_value, created_at)
    select id, ${execution.organizationId}::uuid, ${execution.programId}::uuid, ${execution.executionId}::uuid, contact_id, name, phone, trigger_at, value,
           ${new Date(atMs)}::timestamptz
    from unnest(
      ${wanted.map(({ id }) => id)}::uuid[], ${wanted.map(({ contactId }) => contactId)}::uuid[], ${wanted.map(({ contactName }) => contactName)}::text[],
      ${wanted.map(({ contactPhone }) => contactPhone)}::text[], ${wanted.map(({ triggerAtMs }) => toIso(triggerAtMs))}::text[]::timestamptz[],
      ${wanted.map(({ attributeValue }) => attributeValue)}::text[]) as wanted (id, contact_id, name, phone, trigger_at, value)
    where not exists (
      select from contact_triggers fired
      where fired.execution_id = ${execution.executionId} and fired.contact_id = wanted.contact_id and fired.trigger_at = wanted.trigger_at
      and fired.status = 'triggered')
    on conflict (execution_id, contact_id) where status = 'pending' do nothing`
}

/** Moves the waiting triggers of contacts to what is wanted now; they are told again when they are due. Returns those that were told and are ahead now. */
export async function moveTriggers(tx: Tx, executionId: string, wanted: readonly WantedTrigger[], nowMs: number): Promise<string[]> {
  if (wanted.length === 0) return []
  const byContact = new Map(wanted.map((trigger) => [trigger.contactId, trigger]))
  // One lookup by key for each contact. With a join, a plan made while the table was small would go on reading all of it.
  const found = await tx.sql<{ id: string | null }[]>`
    select (select id from contact_triggers where execution_id = ${executionId} and contact_id = wanted.contact_id and status = 'pending') as id
    from unnest(${[...byContact.keys()]}::uuid[]) as wanted (contact_id)`
  const ids = found.flatMap(({ id }) => id ?? [])
  if (ids.length === 0) return []
  const waiting = await tx.sql<{ id: string; contactId: string; sentAt: Date | null }[]>`
    select id, contact_id as "contactId", sent_at as "sentAt" from contact_triggers
    where id = any(${ids}::uuid[]) and status = 'pending' order by id for update`
  const moved = waiting.flatMap(({ id, contactId, sentAt }) => {
    const trigger = byContact.get(contactId)
    return trigger ? [{ id, wasTold: sentAt !== null, trigger }] : []
  })
  const rows = moved.map(({ id, trigger: { triggerAtMs, ...trigger } }) => ({
    id,
    ...trigger,
    triggerAt: new Date(triggerAtMs),
    sentAt: null,
  }))
  await updateRows(tx, contactTriggers, rows, {
    key: ['id'],
    columns: ['id', 'contactName', 'contactPhone', 'triggerAt', 'attributeValue', 'sentAt'],
  })
  return moved.flatMap(({ id, wasTold, trigger }) => (wasTold && trigger.triggerAtMs > nowMs ? [id] : []))
}

/** Cancels the waiting triggers of contacts. Returns those that were told. */
export async function cancelTriggers({ sql }: Tx, executionId: string, contactIds: readonly string[]): Promise<string[]> {
  if (contactIds.length === 0) return []
  const rows = await sql<{ id: string; sent_at: Date | null }[]>`
    update contact_triggers set status = 'cancelled'
    where execution_id = ${executionId} and contact_id = any(${[...contactIds]}::uuid[]) and status = 'pending'
    returning id, sent_at`
  return rows.filter((row) => row.sent_at !== null).map(({ id }) => id)
}

export interface DueTrigger {
  readonly id: string
  readonly executionId: string
  readonly organizationId: string
  readonly triggerAt: Date
  readonly contact: SnapshotContact
}

/** Takes triggers that are due and not told yet, in the order of their time, and notes them as told. What other transactions have locked is passed over. */
export async function takeDueTriggers({ sql }: Tx, nowMs: number, limit: number): Promise<DueTrigger[]> {
  const now = new Date(nowMs)
  const rows = await sql<
    (Omit<DueTrigger, 'contact'> & {
      contactId: string
      phone: string
      firstName: string | null
      lastName: string | null
      attributes: SnapshotContact['attributes']
    })[]
  >`
    with due as (
      select t.id from contact_triggers t join live_executions e on e.execution_id = t.execution_id and not e.has_ended
      where t.status = 'pending' and t.sent_at is null and t.trigger_at <= ${now}
      order by t.trigger_at limit ${limit} for update of t skip locked
    ), told as (
      update contact_triggers t set sent_at = ${now} from due where t.id = due.id
      returning t.id, t.execution_id, t.organization_id, t.contact_id, t.trigger_at
    )
    select told.id, told.execution_id as "executionId", told.organization_id as "organizationId", told.trigger_at as "triggerAt",
           c.id as "contactId", c.phone, c.first_name as "firstName", c.last_name as "lastName", c.attributes
    from told join contacts c on c.organization_id = told.organization_id and c.id = told.contact_id
    order by told.trigger_at, told.id`
  return rows.map(({ contactId, phone, firstName, lastName, attributes, ...trigger }) => {
    return { ...trigger, contact: { id: contactId, phone, firstName, lastName, attributes } }
  })
}

/** The orchestrator took these contacts: they join the audience, unless they were deleted meanwhile. */
export async function noteFired({ sql }: Tx, audienceId: string, triggerIds: readonly string[], at: Date): Promise<void> {
  await sql`
    with fired as (
      update contact_triggers set status = 'triggered', triggered_at = ${at}
      where id = any(${[...triggerIds]}::uuid[]) and status <> 'triggered'
      returning organization_id, contact_id
    )
    insert into audience_contacts (audience_id, contact_id)
    select ${audienceId}::uuid, contacts.id from fired join contacts on contacts.organization_id = fired.organization_id and contacts.id = fired.contact_id
    where exists (select from audiences where id = ${audienceId})
    on conflict do nothing`
}

/** Cancels triggers that wait for executions which have ended, `limit` at most. Returns how many. */
export async function cancelEnded({ sql }: Tx, limit: number): Promise<number> {
  const { count } = await sql`
    update contact_triggers set status = 'cancelled' where id = any (array(
      select t.id from live_executions e join contact_triggers t on t.execution_id = e.execution_id
      where e.has_ended and t.status = 'pending' limit ${limit} for update of t skip locked))`
  return count
}
