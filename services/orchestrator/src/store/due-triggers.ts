import { type ContactStatus, terminalStatuses } from '@carillon/contracts/execution'
import type { TriggersDue } from '@carillon/contracts/trigger-events'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, inArray } from 'drizzle-orm'
import type { FiredTrigger } from '../domain/triggers.ts'
import { dueTriggers } from './schema.ts'

type Told = TriggersDue['data']

/** Keeps triggers that are due. One that was told before and has not fired is replaced. Each id once. */
export async function keepDueTriggers(tx: Tx, { executionId, triggers }: Told): Promise<void> {
  const rows = triggers.map(({ triggerId, triggerAt, contact: { id, ...contact } }) => {
    return { triggerId, executionId, contactId: id, ...contact, triggerAt: new Date(triggerAt), hasFired: false }
  })
  await insertRows(tx, dueTriggers, rows, {
    onConflict: {
      key: ['triggerId'],
      replace: ['phone', 'firstName', 'lastName', 'attributes', 'triggerAt'],
      where: 'not stored.has_fired',
    },
  })
}

/** These triggers are not to fire, unless they have. */
export async function dropDueTriggers(tx: Tx, triggerIds: readonly string[]): Promise<void> {
  await tx.orm.delete(dueTriggers).where(and(inArray(dueTriggers.triggerId, [...triggerIds]), eq(dueTriggers.hasFired, false)))
}

/**
 * Takes triggers that wait, in the order of their time, and notes them as fired. A trigger waits on while its contact is being called, and so does the second
 * one of a contact.
 */
export async function takeTriggers({ sql }: Tx, executionId: string, limit: number): Promise<FiredTrigger[]> {
  const rows = await sql<(Omit<FiredTrigger, 'before'> & { status: ContactStatus | null })[]>`
    with due as (
      select t.trigger_id, c.status from due_triggers t left join execution_contacts c using (execution_id, contact_id)
      where t.execution_id = ${executionId} and not t.has_fired and (c.status is null or c.status in ('completed', 'failed', 'skipped'))
      and not exists (
        select from due_triggers earlier where earlier.execution_id = t.execution_id and earlier.contact_id = t.contact_id and not earlier.has_fired
        and (earlier.trigger_at, earlier.trigger_id) < (t.trigger_at, t.trigger_id))
      order by t.trigger_at, t.trigger_id limit ${limit}
    )
    update due_triggers t set has_fired = true from due where t.trigger_id = due.trigger_id
    returning t.trigger_id as "triggerId", t.contact_id as "contactId", t.phone, t.first_name as "firstName", t.last_name as "lastName", t.attributes, due.status`
  return rows.map(({ status, ...trigger }) => ({ ...trigger, before: status }))
}

/** Puts the contacts of fired triggers into the execution: they wait for their first attempt. */
export async function enterContacts(
  { sql }: Tx,
  executionId: string,
  entering: readonly (FiredTrigger & { zone: string })[],
  nowMs: number,
): Promise<void> {
  await sql`
    insert into execution_contacts (execution_id, contact_id, phone, first_name, last_name, attributes, zone, due_at)
    select ${executionId}::uuid, contact_id, phone, first_name, last_name, attributes::jsonb, zone, ${new Date(nowMs)}::timestamptz
    from unnest(
      ${entering.map(({ contactId }) => contactId)}::uuid[], ${entering.map(({ phone }) => phone)}::text[],
      ${entering.map(({ firstName }) => firstName)}::text[], ${entering.map(({ lastName }) => lastName)}::text[],
      ${entering.map(({ attributes }) => JSON.stringify(attributes))}::text[], ${entering.map(({ zone }) => zone)}::text[]
    ) as entering (contact_id, phone, first_name, last_name, attributes, zone)
    on conflict (execution_id, contact_id) do update set
      phone = excluded.phone, first_name = excluded.first_name, last_name = excluded.last_name, attributes = excluded.attributes, zone = excluded.zone,
      due_at = excluded.due_at, status = 'pending', attempt = 0, is_retry = false, call_id = null, skip_reason = null`
}

/** Adds zones to those in which the execution looks for contacts. */
export async function addZones({ sql }: Tx, executionId: string, zones: readonly string[]): Promise<void> {
  await sql`update executions set zones = zones || ${[...zones]}::text[] where id = ${executionId}`
}

const sweptRows = 5_000

/** Deletes triggers of executions that have ended. Safe to run on several replicas at once, and to stop anywhere. */
export async function sweepDueTriggers({ sql }: Database): Promise<void> {
  for (let count = sweptRows; count === sweptRows; ) {
    const deleted = await sql`
      delete from due_triggers where trigger_id = any (array(
        select trigger_id from due_triggers t join executions e on e.id = t.execution_id
        where e.status = any(${[...terminalStatuses]}::text[]) limit ${sweptRows}))`
    count = deleted.count
  }
}
