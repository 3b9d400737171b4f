import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import type { Tx } from '@carillon/service-kit/postgres/database'

/** Puts contacts into an execution, where they wait for their first attempt. One that is there already stays as it is. Returns the ids of the new ones. */
export async function joinContacts(
  { sql }: Tx,
  executionId: string,
  joining: readonly (SnapshotContact & { zone: string })[],
  nowMs: number,
): Promise<string[]> {
  const rows = await sql<{ contactId: string }[]>`
    insert into execution_contacts (execution_id, contact_id, phone, first_name, last_name, attributes, zone, due_at)
    select ${executionId}::uuid, contact_id, phone, first_name, last_name, attributes::jsonb, zone, ${new Date(nowMs)}::timestamptz
    from unnest(
      ${joining.map(({ id }) => id)}::uuid[], ${joining.map(({ phone }) => phone)}::text[],
      ${joining.map(({ firstName }) => firstName)}::text[], ${joining.map(({ lastName }) => lastName)}::text[],
      ${joining.map(({ attributes }) => JSON.stringify(attributes))}::text[], ${joining.map(({ zone }) => zone)}::text[]
    ) as joining (contact_id, phone, first_name, last_name, attributes, zone)
    on conflict (execution_id, contact_id) do nothing
    returning contact_id as "contactId"`
  return rows.map(({ contactId }) => contactId)
}
