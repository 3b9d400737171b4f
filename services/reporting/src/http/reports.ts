import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { CallHistory, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { Uuid } from '@carillon/contracts/scalars'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sumOfCalls } from '../domain/attempt-stats.ts'
import { billingReport } from '../domain/billing.ts'
import { breakdownReport } from '../domain/breakdown.ts'
import { callHistoryItem } from '../domain/call-history.ts'
import { nodeStatsReport } from '../domain/node-stats.ts'
import { type Execution, programReport } from '../domain/report.ts'
import { attemptStatsOf } from '../store/attempt-stats.ts'
import { billingOf, nodeTypeBillingOf } from '../store/billing.ts'
import { costliestCalls, costsOfCalls } from '../store/call-costs.ts'
import { endsOfCalls, pageOfCalls } from '../store/calls.ts'
import { findExecution } from '../store/executions.ts'
import { digitBreakdownsOf, nodeStatsOf } from '../store/node-stats.ts'

const config = { role: 'supervisor' } as const
const tags = ['Reports']
const params = Type.Object({ id: Type.String({ ...Uuid, description: 'Execution id' }) })
const errors = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody }

/** Calls that a bill lists as its most expensive ones. */
const costliestListed = 10

/** Reports of one execution. Each answer is read from one snapshot, so that its figures agree. */
export const reportRoutes =
  ({ database, clock }: Pick<ServiceDeps, 'database' | 'clock'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    const schema = { tags, params }
    const prefix = '/program-execution/:id/report'

    app.get(
      prefix,
      { config, schema: { ...schema, summary: 'Main report of an execution', response: { 200: ProgramReport, ...errors } } },
      ({ identity, params: { id } }) =>
        database.snapshot(async ({ orm }) => {
          const execution = await executionOf(orm, identity.organizationId, id)
          const calls = sumOfCalls(await attemptStatsOf(orm, id))
          return programReport(execution, calls, await billingOf(orm, id), clock.now())
        }),
    )

    app.get(
      `${prefix}/calls`,
      {
        config,
        schema: {
          ...schema,
          summary: 'Calls of an execution, oldest first',
          querystring: PaginationQuery,
          response: { 200: CallHistory, ...errors },
        },
      },
      ({ identity, params: { id }, query: { page, limit } }) =>
        database.snapshot(async ({ orm }) => {
          await executionOf(orm, identity.organizationId, id)
          const { started: total } = sumOfCalls(await attemptStatsOf(orm, id))
          const offset = (page - 1) * limit
          const calls = offset < total ? await pageOfCalls(orm, id, { limit, offset }) : []
          const callIds = calls.map((call) => call.callId)
          const [ends, costs] = [await endsOfCalls(orm, callIds), await costsOfCalls(orm, callIds)]
          return {
            data: calls.map((call) => callHistoryItem(call, ends.get(call.callId), costs.get(call.callId))),
            meta: paginationMeta(page, limit, total),
          }
        }),
    )

    app.get(
      `${prefix}/breakdown`,
      { config, schema: { ...schema, summary: 'Calls by attempt number', response: { 200: EventBreakdown, ...errors } } },
      ({ identity, params: { id } }) =>
        database.snapshot(async ({ orm }) => {
          await executionOf(orm, identity.organizationId, id)
          return breakdownReport(await attemptStatsOf(orm, id))
        }),
    )

    app.get(
      `${prefix}/node-stats`,
      { config, schema: { ...schema, summary: 'How often calls ran each node', response: { 200: NodeExecutionStats, ...errors } } },
      ({ identity, params: { id } }) =>
        database.snapshot(async ({ orm }) => {
          const { launch } = await executionOf(orm, identity.organizationId, id)
          const calls = sumOfCalls(await attemptStatsOf(orm, id))
          return nodeStatsReport(launch.nodes, await nodeStatsOf(orm, id), await digitBreakdownsOf(orm, id), calls)
        }),
    )

    app.get(
      `${prefix}/billing`,
      { config, schema: { ...schema, summary: 'What an execution cost', response: { 200: ProgramBillingReport, ...errors } } },
      ({ identity, params: { id } }) =>
        database.snapshot(async ({ orm }) => {
          await executionOf(orm, identity.organizationId, id)
          return billingReport(await billingOf(orm, id), await nodeTypeBillingOf(orm, id), await costliestCalls(orm, id, costliestListed))
        }),
    )
  }

/** An execution of the caller's organization. Another's is answered as if there were none (contract rule 21). */
async function executionOf(orm: Orm, organizationId: string, id: string): Promise<Execution> {
  const execution = await findExecution(orm, organizationId, id)
  if (!execution) throw new DomainError('not_found', 'NotFoundException', 'Execution not found')
  return execution
}
