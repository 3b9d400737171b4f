import type { Orm } from '@carillon/service-kit/postgres/database'
import { inArray, sql } from 'drizzle-orm'
import type { Call } from '../../domain/call.ts'
import { type CallIds, callIds } from '../call-ids.ts'
import type { CallSelection } from '../queries.ts'
import { endOf, matches } from './call-list.ts'
import { callOfRow } from './calls.ts'
import { callEnds, calls } from './schema.ts'

/** Ids in one row of the answer: the driver holds a row as text while it reads it. */
const idsInRow = 50_000

/**
 * The selected calls of an execution in the order of the export: by the contact's last name, those without one at the end, then by attempt. The ids alone take sixteen
 * bytes a call, and the rows can be read later, page by page, without a transaction that stays open: rows of calls never change.
 */
export async function callsByName(orm: Orm, selection: CallSelection): Promise<CallIds> {
  const rows = await orm.execute<{ ids: Buffer }>(sql`
    select string_agg(uuid_send(call_id), ''::bytea order by place) as ids
    from (
      select call_id, place, place / ${sql.raw(String(idsInRow))} as part
      from (
        select ${calls.callId}, row_number() over (order by last_name collate "und-x-icu" nulls last, attempt, ${calls.callId}) - 1 as place
        from ${calls} left join ${callEnds} on ${endOf(selection)} where ${matches(selection)}
      ) as sorted
    ) as parts
    group by part
    order by part`)
  return callIds(rows.map(({ ids }) => ids))
}

/** Calls by id. */
export async function callsOf(orm: Orm, ids: readonly string[]): Promise<Map<string, Call>> {
  const rows = await orm
    .select()
    .from(calls)
    .where(inArray(calls.callId, [...ids]))
  return new Map(rows.map((row) => [row.callId, callOfRow(row)]))
}
