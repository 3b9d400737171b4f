import type { Orm } from '@carillon/service-kit/postgres/database'
import { type Cut, everything, type Happened } from '../domain/cut.ts'
import type { BillingQueries, CallQueries, ExecutionQueries } from './queries.ts'

interface Sources {
  readonly calls: Pick<CallQueries, 'reached' | 'firstAwaited'>
  readonly executions: Pick<ExecutionQueries, 'reached' | 'firstAfter'>
  readonly billing: Pick<BillingQueries, 'reached' | 'firstAfter'>
}

/**
 * The largest position up to which the calls were read here, and by the orchestrator and billing, as far as these follow them: the orchestrator tells how far it
 * was each time a call starts or ends, billing each time one ends. So the first start or end that one of them has not told of limits the cut.
 */
export async function cutOf(orm: Orm, { calls, executions, billing }: Sources, executionId: string): Promise<Cut> {
  const contacts = await executions.reached(orm, executionId)
  if (contacts === undefined) return everything
  const costs = await billing.reached(orm, executionId)
  const awaited = await calls.firstAwaited(orm, executionId, { contacts, costs })
  const read = await calls.reached(orm, executionId)
  const position = awaited ? Math.min(read, awaited.position - 1) : read
  const later: (Happened | undefined)[] = [awaited]
  if (contacts > position) later.push(await executions.firstAfter(orm, executionId, position))
  if (costs > position) later.push(await billing.firstAfter(orm, executionId, position))
  const instants = later.flatMap((happened) => (happened ? [happened.atMs] : []))
  return { position, lacksFromMs: instants.length === 0 ? null : Math.min(...instants) }
}
