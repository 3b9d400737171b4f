import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'
import { type CallFact, type ExecutedNode, unknownCall } from '../domain/call.ts'
import type { OpenCall } from '../domain/call-batch.ts'
import { openCalls } from './schema.ts'

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

/** What is known of these calls. A call that was rated is `rated`; a call without any event so far is missing. */
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
  const rows = calls.map(({ callId, organizationId, executionId, call, position: { lastSeq, parked } }) => {
    const { startedAt, nodes } = call.state === 'unknown' ? notStarted : { startedAt: new Date(call.startedAtMs), nodes: call.nodes }
    return { callId, organizationId, executionId, startedAt, lastSeq, nodes, parked }
  })
  await insertRows(tx, openCalls, rows, {
    onConflict: { key: ['callId'], replace: ['startedAt', 'lastSeq', 'nodes', 'parked'] },
  })
}

const notStarted = { startedAt: null, nodes: [] }

export async function removeOpenCalls(tx: Tx, callIds: readonly string[]): Promise<void> {
  if (callIds.length > 0) await tx.sql`delete from open_calls where call_id = any(${callIds}::uuid[])`
}

/** How many calls have parked events. Only a lost event keeps a call here for long. */
export async function countCallsWithGap(database: Database): Promise<number> {
  const [row] = await database.sql<[{ waiting: number }]>`select count(*) as waiting from open_calls where parked <> '[]'`
  return row.waiting
}
