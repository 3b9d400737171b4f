import { uuidv7Floor } from '@carillon/service-kit/domain/uuid'
import type { Database } from '@carillon/service-kit/postgres/database'
import { getTableName } from 'drizzle-orm'
import type { ReadModel } from './read-model.ts'

/** Months that get their partitions beside the present one. */
const monthsAhead = 2

/**
 * Makes the partitions of this month and the next two for every partitioned table of these read models, where they are missing. A partition
 * takes the storage settings of its table's default partition. Fails after some seconds if it does not get a lock, and may be called again
 * later: other sessions would have to wait behind it.
 */
export async function preparePartitions(database: Database, readModels: readonly ReadModel[], nowMs: number): Promise<void> {
  const tables = readModels.flatMap((readModel) => readModel.tables).map(getTableName)
  await database.transaction(async ({ sql }) => {
    await sql`set local lock_timeout = '3s'`
    await sql`select pg_advisory_xact_lock(hashtext(current_schema() || '/partitions'))`
    const partitioned = await sql<{ table: string; settings: string | null; partitions: string[] }[]>`
      select parent.relname::text as table,
             (select array_to_string(reloptions, ', ') from pg_class where oid = partdefid) as settings,
             array(select inhrelid::regclass::text from pg_inherits where inhparent = parent.oid) as partitions
      from pg_partitioned_table join pg_class parent on parent.oid = partrelid
      where partrelid = any(${tables}::text[]::regclass[])`
    for (const { table, settings, partitions } of partitioned) {
      for (const month of monthsFrom(nowMs)) {
        const name = `${table}_${month.name}`
        if (partitions.includes(name)) continue
        const storage = settings === null ? '' : `with (${settings})`
        await sql.unsafe(`create table ${name} partition of ${table} for values from ('${month.from}') to ('${month.to}') ${storage}`)
      }
    }
  })
}

function monthsFrom(nowMs: number): { name: string; from: string; to: string }[] {
  const now = new Date(nowMs)
  return Array.from({ length: monthsAhead + 1 }, (_, ahead) => {
    const startMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)
    const endMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1)
    return { name: new Date(startMs).toISOString().slice(0, 7).replace('-', ''), from: uuidv7Floor(startMs), to: uuidv7Floor(endMs) }
  })
}
