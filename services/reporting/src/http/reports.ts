import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { CallHistory, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sumOfCalls } from '../domain/attempt-stats.ts'
import { billOf } from '../domain/billing.ts'
import { breakdownOf } from '../domain/breakdown.ts'
import type { Execution } from '../domain/execution.ts'
import { nodeReportOf } from '../domain/node-stats.ts'
import { reportOf } from '../domain/report.ts'
import type { Serving } from '../read-models/registry.ts'
import { billingResponse } from './billing-response.ts'
import { breakdownResponse } from './breakdown-response.ts'
import { callHistoryItem } from './call-history-response.ts'
import { nodeStatsResponse } from './node-stats-response.ts'
import { reportResponse } from './report-response.ts'

const config = { role: 'supervisor' } as const
const prefix = '/program-execution/:id/report'

const GetReport = {
  operationId: 'getExecutionReport',
  summary: 'Get the report of an execution',
  description:
    'Status, contacts, calls and costs, while the execution runs and afterwards. All figures of one answer are of the same instant.',
  errors: {
    NotFoundException: 'The organization has no execution with this id.',
  },
  tags: [tags.reports],
  params: IdParams,
  response: { 200: ProgramReport },
}
const GetCalls = {
  operationId: 'listExecutionCalls',
  summary: 'List the calls of an execution',
  description: 'The oldest first, including calls that are still going on. A retry is a call of its own, with the next `attempt`.',
  errors: {
    NotFoundException: 'The organization has no execution with this id.',
  },
  tags: [tags.reports],
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: CallHistory },
}
const GetBreakdown = {
  operationId: 'getExecutionBreakdown',
  summary: 'Get the calls of an execution by attempt',
  description: 'How the first, second and every further attempt went, and the total.',
  errors: {
    NotFoundException: 'The organization has no execution with this id.',
  },
  tags: [tags.reports],
  params: IdParams,
  response: { 200: EventBreakdown },
}
const GetNodeStats = {
  operationId: 'getExecutionNodeStats',
  summary: 'Get how often each node of the flow ran',
  description: 'Every node of the execution’s flow, with how many calls ran it, and for menus the keys that callees pressed.',
  errors: {
    NotFoundException: 'The organization has no execution with this id.',
  },
  tags: [tags.reports],
  params: IdParams,
  response: { 200: NodeExecutionStats },
}
const GetBilling = {
  operationId: 'getExecutionBilling',
  summary: 'Get what an execution cost',
  description:
    'The total, the costs by type of node, and the ten most expensive calls. A call is counted when it is rated, moments after its end.',
  errors: {
    NotFoundException: 'The organization has no execution with this id.',
  },
  tags: [tags.reports],
  params: IdParams,
  response: { 200: ProgramBillingReport },
}

/** Calls that a bill lists as the most expensive ones. */
const costliestListed = 10

export type ReportDeps = Pick<ServiceDeps, 'database' | 'clock'> & { serving: Serving }

/** Reports of one execution. Each answer is read from one snapshot, so that its figures agree. */
export const reportRoutes =
  ({ database, clock, serving: { calls, executions, billing } }: ReportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    /** An execution of another organization is answered like one that does not exist (contract rule 21). */
    async function executionOf(orm: Orm, organizationId: string, id: string): Promise<Execution> {
      const execution = await executions.findExecution(orm, organizationId, id)
      if (!execution) throw new DomainError('not_found', 'NotFoundException', 'Execution not found')
      return execution
    }

    app.get(prefix, { config, schema: GetReport }, ({ identity, params: { id } }) =>
      database.snapshot(async ({ orm }) => {
        const execution = await executionOf(orm, identity.organizationId, id)
        const counts = sumOfCalls(await calls.attemptStatsOf(orm, id))
        return reportResponse(reportOf(execution, counts, await billing.billingOf(orm, id), clock.now()))
      }),
    )

    app.get(`${prefix}/calls`, { config, schema: GetCalls }, ({ identity, params: { id }, query: { page, limit } }) =>
      database.snapshot(async ({ orm }) => {
        await executionOf(orm, identity.organizationId, id)
        const { started: total } = sumOfCalls(await calls.attemptStatsOf(orm, id))
        const offset = (page - 1) * limit
        const listed = offset < total ? await calls.pageOfCalls(orm, id, { limit, offset }) : []
        const callIds = listed.map((call) => call.callId)
        const [ends, costs] = [await calls.endsOfCalls(orm, callIds), await billing.costsOfCalls(orm, callIds)]
        return {
          data: listed.map((call) => callHistoryItem(call, ends.get(call.callId), costs.get(call.callId))),
          meta: paginationMeta(page, limit, total),
        }
      }),
    )

    app.get(`${prefix}/breakdown`, { config, schema: GetBreakdown }, ({ identity, params: { id } }) =>
      database.snapshot(async ({ orm }) => {
        await executionOf(orm, identity.organizationId, id)
        return breakdownResponse(breakdownOf(await calls.attemptStatsOf(orm, id)))
      }),
    )

    app.get(`${prefix}/node-stats`, { config, schema: GetNodeStats }, ({ identity, params: { id } }) =>
      database.snapshot(async ({ orm }) => {
        const { launch } = await executionOf(orm, identity.organizationId, id)
        const counts = sumOfCalls(await calls.attemptStatsOf(orm, id))
        const [stats, digits] = [await calls.nodeStatsOf(orm, id), await calls.digitBreakdownsOf(orm, id)]
        return nodeStatsResponse(nodeReportOf(launch.nodes, stats, digits, counts))
      }),
    )

    app.get(`${prefix}/billing`, { config, schema: GetBilling }, ({ identity, params: { id } }) =>
      database.snapshot(async ({ orm }) => {
        await executionOf(orm, identity.organizationId, id)
        const nodeTypes = await billing.nodeTypeBillingOf(orm, id)
        const costliest = await billing.costliestCalls(orm, id, costliestListed)
        return billingResponse(billOf(await billing.billingOf(orm, id), nodeTypes, costliest))
      }),
    )
  }
