import type { Database } from '@carillon/service-kit/postgres/database'

/** Writes a bridge's heartbeat within the limit, or fails. */
export async function beat(database: Database, bridgeId: string, limitMs: number): Promise<void> {
  await database.promptly(
    limitMs,
    (sql) => sql`
      insert into bridges (id, seen_at, seen_at_platform_time) values (${bridgeId}, clock_timestamp(), clock_now())
      on conflict (id) do update set seen_at = excluded.seen_at, seen_at_platform_time = excluded.seen_at_platform_time`,
  )
}

/** Removes a bridge that has no call left. */
export async function removeBridge(database: Database, bridgeId: string): Promise<void> {
  await database.sql`delete from bridges where id = ${bridgeId}`
}

/** Deletes bridges that died long ago and have no call left. */
export async function deleteDeadBridges(database: Database): Promise<void> {
  await database.sql`
    delete from bridges where seen_at < clock_timestamp() - interval '1 day'
      and not exists (select from dial_journal where owner = bridges.id and state = 'dialing')`
}
