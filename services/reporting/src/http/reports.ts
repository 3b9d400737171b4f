import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { CallHistory, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { pagedList } from '@carillon/service-kit/http/lists'
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
const errors = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody }

const GetReport = {
  tags: [tags.reports],
  summary: 'Main report of an execution',
  params: IdParams,
  response: { 200: ProgramReport, ...errors },
}
const GetCalls = {
  tags: [tags.reports],
  summary: 'Calls of an execution, oldest first',
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: CallHistory, ...errors },
}
const GetBreakdown = {
  tags: [tags.reports],
  summary: 'Calls of an execution by attempt number',
  params: IdParams,
  response: { 200: EventBreakdown, ...errors },
}
const GetNodeStats = {
  tags: [tags.reports],
  summary: 'How often the calls of an execution ran each node',
  params: IdParams,
  response: { 200: NodeExecutionStats, ...errors },
}
const GetBilling = {
  tags: [tags.reports],
  summary: 'What an execution cost',
  params: IdParams,
  response: { 200: ProgramBillingReport, ...errors },
}

/** Calls that a bill lists as the most expensive ones. */
const costliestListed = 10

type Deps = Pick<ServiceDeps, 'database' | 'clock'> & { serving: Serving }

/** Reports of one execution. Each answer is read from one snapshot, so that its figures agree. */
export const reportRoutes =
  ({ database, clock, serving: { calls, executions, billing } }: Deps): FastifyPluginAsyncTypebox =>
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

    app.get(`${prefix}/calls`, { config, schema: GetCalls }, async (request, reply) => {
      const { id } = request.params
      const list = pagedList(request, reply, calls.callOrder)
      return database.snapshot(async ({ orm }) => {
        await executionOf(orm, request.identity.organizationId, id)
        const { started: total } = sumOfCalls(await calls.attemptStatsOf(orm, id))
        const listed = await calls.listCalls(orm, id, list.slice)
        const callIds = listed.map((call) => call.callId)
        const [ends, costs] = [await calls.endsOfCalls(orm, callIds), await billing.costsOfCalls(orm, callIds)]
        return list.answer(listed, total, (call) => callHistoryItem(call, ends.get(call.callId), costs.get(call.callId)))
      })
    })

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
