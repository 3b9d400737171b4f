import type { Orm } from '@carillon/service-kit/postgres/database'
import type { CallRecord } from '../domain/call-sheet.ts'
import type { CallIds } from '../read-models/call-ids.ts'
import type { Serving } from '../read-models/registry.ts'

/** Calls in a page: their rows are in memory together. */
const pageSize = 500

interface Calls {
  readonly callIds: CallIds
  /** Of the calls' lane: what happened later is left out. */
  readonly position: number
}

/**
 * The calls in the order of their ids, page by page. Each page is read when it is asked for, by statements of its own: no transaction and no connection stays
 * with a client that reads slowly.
 */
export async function* callPages(
  orm: Orm,
  { calls, billing }: Pick<Serving, 'calls' | 'billing'>,
  { callIds, position }: Calls,
): AsyncGenerator<CallRecord[]> {
  for (const ids of callIds.pages(pageSize)) {
    const [rows, ends, costs] = await Promise.all([
      calls.callsOf(orm, ids),
      calls.endsOfCalls(orm, ids, position),
      billing.costsOfCalls(orm, ids, position),
    ])
    const events = await calls.eventsOfCalls(orm, [...ends.keys()])
    yield ids.flatMap((id): CallRecord[] => {
      const call = rows.get(id)
      // A call that was removed meanwhile, as its time was over, has no row.
      return call ? [{ call, end: ends.get(id), costMicros: costs.get(id), events: events.get(id) ?? [] }] : []
    })
  }
}
