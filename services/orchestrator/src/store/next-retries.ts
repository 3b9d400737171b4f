import type { Tx } from '@carillon/service-kit/postgres/database'

/** Retries that fall due in a quarter of an hour. */
export interface RetriesOfQuarter {
  readonly fromMs: number
  readonly contacts: number
}

/** The waiting retries of an execution by quarter of an hour, the first ones. Reads the index of all that wait. */
export async function nextRetries({ sql }: Tx, executionId: string, quarters: number): Promise<RetriesOfQuarter[]> {
  const rows = await sql<{ quarter: Date; contacts: number }[]>`
    select date_bin('15 minutes', due_at, '2000-01-01T00:00:00Z') as quarter, count(*)::integer as contacts
    from execution_contacts where execution_id = ${executionId} and is_retry and due_at is not null
    group by 1 order by 1 limit ${quarters}`
  return rows.map(({ quarter, contacts }) => ({ fromMs: quarter.getTime(), contacts }))
}
