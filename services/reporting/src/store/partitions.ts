import { uuidv7Floor } from '@carillon/service-kit/domain/uuid'
import type { Database } from '@carillon/service-kit/postgres/database'

/** Tables partitioned by the month of the call's id, with the storage settings that a partition does not inherit. */
const partitioned = {
  calls: '',
  call_ends: '',
  call_events: 'with (toast_tuple_target = 8160)',
  call_costs: '',
} as const

/** Months that are made ready: the present one and these after it. */
const monthsAhead = 2

/**
 * Makes the partitions of this month and the next two where they are missing. Gives up, to be called again later, where a lock is not to be had
 * within seconds: waiting for one, it would keep everyone else waiting behind it.
 */
export async function preparePartitions(database: Database, nowMs: number): Promise<void> {
  await database.transaction(async ({ sql }) => {
    await sql`set local lock_timeout = '3s'`
    await sql`select pg_advisory_xact_lock(hashtext(current_schema() || '/partitions'))`
    const rows = await sql<{ name: string }[]>`
      select inhrelid::regclass::text as name from pg_inherits
      where inhparent = any(${Object.keys(partitioned)}::text[]::regclass[])`
    const existing = new Set(rows.map((row) => row.name))
    for (const [table, settings] of Object.entries(partitioned)) {
      for (const month of monthsFrom(nowMs)) {
        const name = `${table}_${month.name}`
        if (existing.has(name)) continue
        await sql.unsafe(`create table ${name} partition of ${table} for values from ('${month.from}') to ('${month.to}') ${settings}`)
      }
    }
  })
}

function monthsFrom(nowMs: number): { name: string; from: string; to: string }[] {
  const now = new Date(nowMs)
  return Array.from({ length: monthsAhead + 1 }, (_, ahead) => {
    const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)
    const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1)
    return { name: new Date(start).toISOString().slice(0, 7).replace('-', ''), from: uuidv7Floor(start), to: uuidv7Floor(end) }
  })
}
