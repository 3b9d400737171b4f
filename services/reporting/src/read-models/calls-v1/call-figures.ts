import { laneOf } from '@carillon/contracts/lane'
import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { eq, sql } from 'drizzle-orm'
import type { CallBatch } from '../../domain/call-batch.ts'
import * as figures from '../../domain/call-figures.ts'
import type { Happened } from '../../domain/cut.ts'
import type { DigitBreakdown } from '../../domain/node-stats.ts'
import {
  appendChanges,
  figuresAt,
  firstChangeAfter,
  type LogEnd,
  lastChangeAt as lastLogChangeAt,
  lastSnapshot,
  positionAt as logPositionAt,
} from '../figure-log.ts'
import type { CallCounts, Followed } from '../queries.ts'
import { callFigures, callsRead, digitFigures } from './schema.ts'

/** Inputs that a report lists for a node, at most. A node that asks for an account number gets a different input from every caller. */
const listedInputs = 1_000

/** Adds to the figures of executions. */
export async function addFigures(tx: Tx, ends: ReadonlyMap<string, LogEnd>, changes: CallBatch['changes']): Promise<void> {
  const flushed = await appendChanges(tx, callFigures, ends, changes, figures.isDigits)
  const rows = flushed.flatMap(({ executionId, step, figures: wide }) => {
    return figures.digitCountsOf(wide).map((count) => ({ executionId, step, ...count }))
  })
  await insertRows(tx, digitFigures, rows)
}

/** The lane was read up to this position. */
export async function moveRead(tx: Tx, lane: number, position: number): Promise<void> {
  await insertRows(tx, callsRead, [{ lane, position }], {
    onConflict: { key: ['lane'], set: { position: 'greatest(stored.position, excluded.position)' } },
  })
}

/** How far the lane of the execution was read. */
export async function reached(orm: Orm, executionId: string): Promise<number> {
  const [row] = await orm
    .select()
    .from(callsRead)
    .where(eq(callsRead.lane, laneOf(executionId)))
  return row?.position ?? 0
}

/** The first start or end of a call that was read here and not followed by the others. */
export async function firstAwaited(orm: Orm, executionId: string, { contacts, costs }: Followed): Promise<Happened | undefined> {
  const byContacts = await firstChangeAfter(orm, callFigures, executionId, contacts, figures.isStartOrEnd)
  const byCosts = await firstChangeAfter(orm, callFigures, executionId, costs, figures.isEnd)
  if (!byContacts || !byCosts) return byContacts ?? byCosts
  return byContacts.position < byCosts.position ? byContacts : byCosts
}

/** The position of the last figure that was added up to an instant; 0 if there is none. */
export function positionAt(orm: Orm, executionId: string, atMs: number): Promise<number> {
  return logPositionAt(orm, callFigures, executionId, atMs)
}

/** When the last figure was added; null if there is none. */
export function lastChangeAt(orm: Orm, executionId: string): Promise<number | null> {
  return lastLogChangeAt(orm, callFigures, executionId)
}

export async function countsOf(orm: Orm, executionId: string, position: number): Promise<CallCounts> {
  const read = await figuresAt(orm, callFigures, executionId, position)
  return { attempts: figures.attemptStatsOf(executionId, read), nodes: figures.nodeStatsOf(executionId, read) }
}

/** What callers pressed at each node of an execution. The most frequent inputs come first. */
export async function digitBreakdownsOf(orm: Orm, executionId: string, position: number): Promise<Map<string, DigitBreakdown>> {
  const { step } = await lastSnapshot(orm, callFigures, executionId, position)
  const since = figures.digitCountsOf(await figuresAt(orm, callFigures, executionId, position))
  const rows = await orm.execute<{ nodeId: string; total: number; inputs: DigitBreakdown['inputs'] }>(sql`
    select node_id as "nodeId", max(total)::bigint as total,
           json_agg(json_build_object('digits', digits, 'executions', executions) order by place) as inputs
    from (
      select node_id, digits, sum(executions)::bigint as executions,
             sum(sum(executions)) over (partition by node_id) as total,
             row_number() over (partition by node_id order by sum(executions) desc, digits) as place
      from (
        select node_id, digits, executions from digit_figures where execution_id = ${executionId} and step <= ${step}
        union all
        select node_id, digits, executions from json_to_recordset(${JSON.stringify(since.map(recordOf))}::json)
          as since (node_id text, digits text, executions bigint)
      ) as counts
      group by node_id, digits
    ) as ranked
    where place <= ${listedInputs}
    group by node_id`)
  return new Map(rows.map(({ nodeId, total, inputs }) => [nodeId, { total, inputs }]))
}

function recordOf({ nodeId, digits, executions }: figures.DigitCount) {
  return { node_id: nodeId, digits, executions }
}
