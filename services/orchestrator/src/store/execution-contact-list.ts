import type { ContactStatus } from '@carillon/contracts/execution'
import type { Orm } from '@carillon/service-kit/postgres/database'
import { oldestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, count, eq, inArray, like, type SQL } from 'drizzle-orm'
import { executionContacts } from './schema.ts'

export type ListedContact = typeof executionContacts.$inferSelect

/** Which contacts of an execution are listed. */
export interface ContactFilter {
  /** If absent, all. */
  readonly statuses: readonly ContactStatus[] | undefined
  /** The beginning of their number. It holds digits and a plus sign, so nothing that `like` would read as a wildcard. */
  readonly search: string | undefined
}

/** The primary key gives this order. Filters read through it: their cost is linear in the contacts of the execution, never in those of others. */
export const executionContactOrder = oldestFirst<ListedContact>([executionContacts.contactId], ({ contactId }) => [contactId])

export async function listExecutionContacts(orm: Orm, executionId: string, filter: ContactFilter, slice: Slice): Promise<ListedContact[]> {
  return orm
    .select()
    .from(executionContacts)
    .where(and(matches(executionId, filter), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
}

export async function findExecutionContact(orm: Orm, executionId: string, contactId: string): Promise<ListedContact | undefined> {
  const [row] = await orm
    .select()
    .from(executionContacts)
    .where(and(eq(executionContacts.executionId, executionId), eq(executionContacts.contactId, contactId)))
  return row
}

export async function countExecutionContacts(orm: Orm, executionId: string, filter: ContactFilter): Promise<number> {
  const [row] = await orm.select({ total: count() }).from(executionContacts).where(matches(executionId, filter))
  return row?.total ?? 0
}

function matches(executionId: string, { statuses, search }: ContactFilter): SQL | undefined {
  return and(
    eq(executionContacts.executionId, executionId),
    statuses === undefined ? undefined : inArray(executionContacts.status, [...statuses]),
    search === undefined ? undefined : like(executionContacts.phone, `${search}%`),
  )
}
