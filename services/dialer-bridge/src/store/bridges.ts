import type { Database } from '@carillon/service-kit/postgres/database'

/** Says that a bridge is alive. */
export async function beat(database: Database, bridgeId: string): Promise<void> {
  await database.sql`
    insert into bridges (id, seen_at, seen_at_platform_time) values (${bridgeId}, clock_timestamp(), clock_now())
    on conflict (id) do update set seen_at = excluded.seen_at, seen_at_platform_time = excluded.seen_at_platform_time`
}

/** Says that a bridge has left nothing behind. */
export async function removeBridge(database: Database, bridgeId: string): Promise<void> {
  await database.sql`delete from bridges where id = ${bridgeId}`
}

/** Forgets bridges that died long ago and whose calls have been ended. */
export async function forgetDeadBridges(database: Database): Promise<void> {
  await database.sql`
    delete from bridges where seen_at < clock_timestamp() - interval '1 day'
      and not exists (select from dial_journal where owner = bridges.id and state = 'dialing')`
}
