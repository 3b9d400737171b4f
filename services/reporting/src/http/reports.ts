import { ErrorBody } from '@carillon/contracts/error-body'
import type { Identity } from '@carillon/contracts/identity'
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
import { type Execution, executionAtLaunch } from '../domain/execution.ts'
import { nodeReportOf } from '../domain/node-stats.ts'
import { reportOf } from '../domain/report.ts'
import type { Orchestrator } from '../orchestrator.ts'
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

type Deps = Pick<ServiceDeps, 'database' | 'clock'> & { serving: Serving; orchestrator: Orchestrator }

/** Reports of one execution. Each answer is read from one snapshot, so that its figures agree. */
export const reportRoutes =
  ({ database, clock, serving: { calls, executions, billing }, orchestrator }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    /**
     * Answers from what is stored of an execution. One whose events have not arrived yet is shown as it was launched. An execution of another organization
     * is answered like one that does not exist (contract rule 21).
     */
    async function answer<T>({ identity, params }: Asked, read: (orm: Orm, execution: Execution) => Promise<T>): Promise<T> {
      const stored = await database.snapshot(async ({ orm }) => {
        const execution = await executions.findExecution(orm, identity.organizationId, params.id)
        return execution && { answer: await read(orm, execution) }
      })
      if (stored) return stored.answer
      // Outside of a transaction: the answer may take seconds.
      const launched = await orchestrator.launchOf(identity.organizationId, params.id)
      if (!launched) throw new DomainError('not_found', 'NotFoundException', 'Execution not found')
      return database.snapshot(({ orm }) => read(orm, executionAtLaunch(launched)))
    }

    app.get(prefix, { config, schema: GetReport }, (request) =>
      answer(request, async (orm, execution) => {
        const { executionId } = execution.launch
        const counts = sumOfCalls(await calls.attemptStatsOf(orm, executionId))
        return reportResponse(reportOf(execution, counts, await billing.billingOf(orm, executionId), clock.now()))
      }),
    )

    app.get(`${prefix}/calls`, { config, schema: GetCalls }, async (request, reply) => {
      const list = pagedList(request, reply, calls.callOrder)
      return answer(request, async (orm, { launch: { executionId } }) => {
        const { started: total } = sumOfCalls(await calls.attemptStatsOf(orm, executionId))
        const listed = await calls.listCalls(orm, executionId, list.slice)
        const callIds = listed.map((call) => call.callId)
        const [ends, costs] = [await calls.endsOfCalls(orm, callIds), await billing.costsOfCalls(orm, callIds)]
        return list.answer(listed, total, (call) => callHistoryItem(call, ends.get(call.callId), costs.get(call.callId)))
      })
    })

    app.get(`${prefix}/breakdown`, { config, schema: GetBreakdown }, (request) =>
      answer(request, async (orm, { launch: { executionId } }) =>
        breakdownResponse(breakdownOf(await calls.attemptStatsOf(orm, executionId))),
      ),
    )

    app.get(`${prefix}/node-stats`, { config, schema: GetNodeStats }, (request) =>
      answer(request, async (orm, { launch: { executionId, nodes } }) => {
        const counts = sumOfCalls(await calls.attemptStatsOf(orm, executionId))
        const [stats, digits] = [await calls.nodeStatsOf(orm, executionId), await calls.digitBreakdownsOf(orm, executionId)]
        return nodeStatsResponse(nodeReportOf(nodes, stats, digits, counts))
      }),
    )

    app.get(`${prefix}/billing`, { config, schema: GetBilling }, (request) =>
      answer(request, async (orm, { launch: { executionId } }) => {
        const nodeTypes = await billing.nodeTypeBillingOf(orm, executionId)
        const costliest = await billing.costliestCalls(orm, executionId, costliestListed)
        return billingResponse(billOf(await billing.billingOf(orm, executionId), nodeTypes, costliest))
      }),
    )
  }

interface Asked {
  identity: Pick<Identity, 'organizationId'>
  params: { id: string }
}
