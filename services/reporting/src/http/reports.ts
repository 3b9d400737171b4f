import { CallHistory, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { AsOfQuery, type CallFilterQuery, CallHistoryQuery, type CallSort } from '@carillon/contracts/report-query'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { SQLWrapper } from 'drizzle-orm'
import { sumOfCalls } from '../domain/attempt-stats.ts'
import { billOf } from '../domain/billing.ts'
import { breakdownOf } from '../domain/breakdown.ts'
import { callFilterOf, isEverything } from '../domain/call-filter.ts'
import { nodeReportOf } from '../domain/node-stats.ts'
import { reportOf } from '../domain/report.ts'
import type { Serving } from '../read-models/registry.ts'
import { billingResponse } from './billing-response.ts'
import { breakdownResponse } from './breakdown-response.ts'
import { callHistoryItem } from './call-history-response.ts'
import { asOfHeader, type CutAnswers, type Shown } from './cut-answers.ts'
import { nodeStatsResponse } from './node-stats-response.ts'
import { reportResponse } from './report-response.ts'

const config = { role: 'supervisor' } as const
const prefix = '/program-execution/:id/report'

const common = {
  errors: { NotFoundException: 'The organization has no execution with this id.' },
  tags: [tags.reports],
  params: IdParams,
}

const GetReport = {
  operationId: 'getExecutionReport',
  summary: 'Get the report of an execution',
  description:
    'Status, contacts, calls and costs, while the execution runs and afterwards. All figures of one answer are of the same instant.',
  ...common,
  querystring: AsOfQuery,
  response: { 200: asOfHeader(ProgramReport) },
}
const GetCalls = {
  operationId: 'listExecutionCalls',
  summary: 'List the calls of an execution',
  description:
    'The oldest first unless `sort` says otherwise, including calls that are still going on. A retry is a call of its own, with the next `attempt`. Conditions hold together; `meta.total` counts the calls that fulfil them.',
  ...common,
  querystring: CallHistoryQuery,
  response: { 200: asOfHeader(CallHistory) },
}
const GetBreakdown = {
  operationId: 'getExecutionBreakdown',
  summary: 'Get the calls of an execution by attempt',
  description: 'How the first, second and every further attempt went, and the total.',
  ...common,
  querystring: AsOfQuery,
  response: { 200: asOfHeader(EventBreakdown) },
}
const GetNodeStats = {
  operationId: 'getExecutionNodeStats',
  summary: 'Get how often each node of the flow ran',
  description: 'Every node of the execution’s flow, with how many calls ran it, and for menus the keys that callees pressed.',
  ...common,
  querystring: AsOfQuery,
  response: { 200: asOfHeader(NodeExecutionStats) },
}
const GetBilling = {
  operationId: 'getExecutionBilling',
  summary: 'Get what an execution cost',
  description:
    'The total, the costs by type of node, and the ten most expensive calls. A call is counted when it is rated, moments after its end.',
  ...common,
  querystring: AsOfQuery,
  response: { 200: asOfHeader(ProgramBillingReport) },
}

/** Calls that a bill lists as the most expensive ones. */
const costliestListed = 10

export interface ReportDeps {
  readonly answers: CutAnswers
  readonly serving: Pick<Serving, 'calls' | 'billing'>
}

/** The main report of an execution at a cut. */
export function reportOfCut({ calls, billing }: ReportDeps['serving']) {
  return async (orm: Orm, { position, nowMs, ...execution }: Shown): Promise<ProgramReport> => {
    const { executionId } = execution.launch
    const { attempts } = await calls.countsOf(orm, executionId, position)
    const { total } = await billing.costsOf(orm, executionId, position)
    return reportResponse(reportOf(execution, sumOfCalls(attempts), total, nowMs))
  }
}

/** Reports of one execution. Each answer is read from one snapshot, so that its figures agree. */
export const reportRoutes =
  ({ answers, serving }: ReportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { calls, billing } = serving
    const { answer } = answers
    app.get(prefix, { config, schema: GetReport }, (request, reply) => answer(request, reply, reportOfCut(serving), request.query.asOf))

    app.get(`${prefix}/calls`, { config, schema: GetCalls }, async (request, reply) => {
      const sort = (request.query.sort ?? 'startedAt') as CallSort
      const filter = callFilterOf(request.query as CallFilterQuery)
      const list = pagedList(request, reply, calls.callOrders[sort])
      return answer(request, reply, async (orm, { position, launch: { executionId } }) => {
        const selection = { executionId, position, filter, costOf: (callId: SQLWrapper) => billing.costOf(callId, position) }
        const total = isEverything(filter)
          ? sumOfCalls((await calls.countsOf(orm, executionId, position)).attempts).started
          : await calls.countCalls(orm, selection)
        const listed = await calls.listCalls(orm, selection, sort, list.slice)
        const callIds = listed.map((call) => call.callId)
        const [ends, costs] = [await calls.endsOfCalls(orm, callIds, position), await billing.costsOfCalls(orm, callIds, position)]
        return list.answer(listed, total, (call) => callHistoryItem(call, ends.get(call.callId), costs.get(call.callId)))
      })
    })

    app.get(`${prefix}/breakdown`, { config, schema: GetBreakdown }, (request, reply) =>
      answer(
        request,
        reply,
        async (orm, { position, launch: { executionId } }) => {
          const { attempts } = await calls.countsOf(orm, executionId, position)
          return breakdownResponse(breakdownOf(attempts))
        },
        request.query.asOf,
      ),
    )

    app.get(`${prefix}/node-stats`, { config, schema: GetNodeStats }, (request, reply) =>
      answer(
        request,
        reply,
        async (orm, { position, launch: { executionId, nodes } }) => {
          const counts = await calls.countsOf(orm, executionId, position)
          const digits = await calls.digitBreakdownsOf(orm, executionId, position)
          return nodeStatsResponse(nodeReportOf(nodes, counts.nodes, digits, sumOfCalls(counts.attempts)))
        },
        request.query.asOf,
      ),
    )

    app.get(`${prefix}/billing`, { config, schema: GetBilling }, (request, reply) =>
      answer(
        request,
        reply,
        async (orm, { position, launch: { executionId } }) => {
          const { total, nodeTypes } = await billing.costsOf(orm, executionId, position)
          const costliest = await billing.costliestCalls(orm, executionId, position, costliestListed)
          return billingResponse(billOf(total, nodeTypes, costliest))
        },
        request.query.asOf,
      ),
    )
  }
