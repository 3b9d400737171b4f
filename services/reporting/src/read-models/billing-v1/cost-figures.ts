import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import * as figures from '../../domain/cost-figures.ts'
import type { Happened } from '../../domain/cut.ts'
import type { Change } from '../../domain/figures.ts'
import { appendChanges, figuresAt, firstChangeAfter, type LogEnd, logPosition } from '../figure-log.ts'
import type { CostCounts } from '../queries.ts'
import { costFigures } from './schema.ts'

/** Adds to the figures of executions. */
export async function addFigures(
  tx: Tx,
  ends: ReadonlyMap<string, LogEnd>,
  changes: ReadonlyMap<string, readonly Change[]>,
): Promise<void> {
  await appendChanges(tx, costFigures, ends, changes)
}

/** How far billing had read the execution's calls when it last rated one; 0 if it has rated none. */
export function reached(orm: Orm, executionId: string): Promise<number> {
  return logPosition(orm, costFigures, executionId)
}

/** What was rated first beyond a position. */
export function firstAfter(orm: Orm, executionId: string, position: number): Promise<Happened | undefined> {
  return firstChangeAfter(orm, costFigures, executionId, position)
}

export async function costsOf(orm: Orm, executionId: string, position: number): Promise<CostCounts> {
  const read = await figuresAt(orm, costFigures, executionId, position)
  return { total: figures.executionBillingOf(executionId, read), nodeTypes: figures.nodeTypeBillingOf(executionId, read) }
}
