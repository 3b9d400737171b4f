import { toIso } from '@carillon/service-kit/domain/instant'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { type CallFact, type ExecutedNode, unknownCall } from '../domain/call.ts'
import type { OpenCall } from '../domain/call-batch.ts'

interface Row {
  call_id: string
  rated: boolean
  organization_id: string
  execution_id: string | null
  started_at: Date | null
  last_seq: number
  nodes: ExecutedNode[]
  parked: CallFact[]
}

/** What is known of these calls; a call that was rated already is `rated`, one that was never heard of is missing. */
export async function readCalls(tx: Tx, callIds: readonly string[]): Promise<Map<string, OpenCall | 'rated'>> {
  const rows = await tx.sql<Row[]>`
    select call_id, false as rated, organization_id, execution_id, started_at, last_seq, nodes, parked
    from open_calls where call_id = any(${callIds}::uuid[])
    union all
    select id, true, null, null, null, null, null, null from ledger where id = any(${callIds}::uuid[])
    union all
    select call_id, true, null, null, null, null, null, null from uncharged_calls where call_id = any(${callIds}::uuid[])`
  return new Map(rows.map((row) => [row.call_id, row.rated ? 'rated' : toOpenCall(row)]))
}

function toOpenCall(row: Row): OpenCall {
  return {
    callId: row.call_id,
    organizationId: row.organization_id,
    executionId: row.execution_id,
    call: row.started_at ? { state: 'ongoing', startedAtMs: row.started_at.getTime(), nodes: row.nodes } : unknownCall,
    position: { lastSeq: row.last_seq, parked: row.parked },
  }
}

export async function saveOpenCalls(tx: Tx, calls: readonly OpenCall[]): Promise<void> {
  if (calls.length === 0) return
  await tx.sql`
    insert into open_calls (call_id, organization_id, execution_id, started_at, last_seq, nodes, parked)
    select call_id, organization_id, execution_id, started_at, last_seq, nodes::jsonb, parked::jsonb
    from unnest(
      ${calls.map(({ callId }) => callId)}::uuid[],
      ${calls.map(({ organizationId }) => organizationId)}::uuid[],
      ${calls.map(({ executionId }) => executionId)}::uuid[],
      ${calls.map(({ call }) => (call.state === 'unknown' ? null : toIso(call.startedAtMs)))}::timestamptz[],
      ${calls.map(({ position }) => position.lastSeq)}::integer[],
      ${calls.map(({ call }) => (call.state === 'unknown' ? '[]' : JSON.stringify(call.nodes)))}::text[],
      ${calls.map(({ position }) => JSON.stringify(position.parked))}::text[]
    ) as call (call_id, organization_id, execution_id, started_at, last_seq, nodes, parked)
    on conflict (call_id) do update set
      started_at = excluded.started_at, last_seq = excluded.last_seq, nodes = excluded.nodes, parked = excluded.parked`
}

export async function removeOpenCalls(tx: Tx, callIds: readonly string[]): Promise<void> {
  if (callIds.length > 0) await tx.sql`delete from open_calls where call_id = any(${callIds}::uuid[])`
}

/** How many calls wait for an event that a later one has overtaken: none for long, unless an event was lost. */
export async function countCallsWithGap(database: Database): Promise<number> {
  const [row] = await database.sql<[{ waiting: number }]>`select count(*) as waiting from open_calls where parked <> '[]'`
  return row.waiting
}
