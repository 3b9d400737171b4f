import { EventRefusedError } from '../domain/event-refused.ts'
import type { Tx } from '../postgres/database.ts'
import type { ProjectedEvent, Projection } from './projection.ts'

/**
 * Throws an {@link EventRefusedError} if an event names another organization than the first event about the same subject did. Remembers the
 * organizations of subjects that are new.
 */
export async function checkOrganizations<E extends ProjectedEvent>(tx: Tx, projection: Projection<E>, events: readonly E[]): Promise<void> {
  const named = new Map<string, string>()
  for (const event of events) {
    const subject = projection.subjectOf(event)
    const found = event.organizationId.toLowerCase()
    const first = named.get(subject)
    if (first === undefined) named.set(subject, found)
    else assertSame(subject, first, found)
  }
  const known = await read(tx, [...named.keys()])
  // In one order everywhere, so that transactions that wait for one another cannot form a circle.
  const unknown = [...named.keys()].filter((subject) => !known.has(subject)).sort()
  if (unknown.length > 0) {
    const organizationIds = unknown.map((subject) => named.get(subject) ?? '')
    await tx.sql`
      insert into subject_organizations (subject_id, organization_id)
      select * from unnest(${unknown}::text[], ${organizationIds}::uuid[]) on conflict do nothing`
    for (const [subject, organizationId] of await read(tx, unknown)) known.set(subject, organizationId)
  }
  for (const [subject, organizationId] of named) assertSame(subject, known.get(subject), organizationId)
}

async function read(tx: Tx, subjects: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.sql<{ subject_id: string; organization_id: string }[]>`
    select subject_id, organization_id from subject_organizations where subject_id = any(${subjects}::text[])`
  return new Map(rows.map((row) => [row.subject_id, row.organization_id]))
}

function assertSame(subject: string, expected: string | undefined, found: string): void {
  if (expected !== found) throw new EventRefusedError(`${subject} belongs to organization ${expected}, not to ${found}`)
}
