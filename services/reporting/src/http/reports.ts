import type { Identity } from '@carillon/contracts/identity'
import { fromIso, toIso } from '@carillon/contracts/instant'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { CallHistory, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { AsOfQuery } from '@carillon/contracts/report-query'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError, invalidFields } from '@carillon/service-kit/domain/domain-error'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { TSchema } from '@sinclair/typebox'
import { sumOfCalls } from '../domain/attempt-stats.ts'
import { billOf } from '../domain/billing.ts'
import { breakdownOf } from '../domain/breakdown.ts'
import { asOfMs, type Cut, nothing } from '../domain/cut.ts'
import { type Execution, executionAtLaunch } from '../domain/execution.ts'
import { nodeReportOf } from '../domain/node-stats.ts'
import { reportOf } from '../domain/report.ts'
import { reportAgeMetric } from '../metrics.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { cutOf } from '../read-models/cut.ts'
import type { Serving } from '../read-models/registry.ts'
import { billingResponse } from './billing-response.ts'
import { breakdownResponse } from './breakdown-response.ts'
import { callHistoryItem } from './call-history-response.ts'
import { nodeStatsResponse } from './node-stats-response.ts'
import { reportResponse } from './report-response.ts'

const config = { role: 'supervisor' } as const
const prefix = '/program-execution/:id/report'

/** Of every report: since when the answer may lack something. */
const asOfHeader = 'carillon-as-of'
const asOfDescription = 'When the first thing happened that the report lacks, because a service has not told of it yet; otherwise now'

/** A report, answered with the header. */
function asOf<T extends TSchema>(report: T): T {
  return { ...report, headers: { [asOfHeader]: { type: 'string', format: 'date-time', description: asOfDescription } } }
}

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
  response: { 200: asOf(ProgramReport) },
}
const GetCalls = {
  operationId: 'listExecutionCalls',
  summary: 'List the calls of an execution',
  description: 'The oldest first, including calls that are still going on. A retry is a call of its own, with the next `attempt`.',
  ...common,
  querystring: PaginationQuery,
  response: { 200: asOf(CallHistory) },
}
const GetBreakdown = {
  operationId: 'getExecutionBreakdown',
  summary: 'Get the calls of an execution by attempt',
  description: 'How the first, second and every further attempt went, and the total.',
  ...common,
  querystring: AsOfQuery,
  response: { 200: asOf(EventBreakdown) },
}
const GetNodeStats = {
  operationId: 'getExecutionNodeStats',
  summary: 'Get how often each node of the flow ran',
  description: 'Every node of the execution’s flow, with how many calls ran it, and for menus the keys that callees pressed.',
  ...common,
  querystring: AsOfQuery,
  response: { 200: asOf(NodeExecutionStats) },
}
const GetBilling = {
  operationId: 'getExecutionBilling',
  summary: 'Get what an execution cost',
  description:
    'The total, the costs by type of node, and the ten most expensive calls. A call is counted when it is rated, moments after its end.',
  ...common,
  querystring: AsOfQuery,
  response: { 200: asOf(ProgramBillingReport) },
}

/** Calls that a bill lists as the most expensive ones. */
const costliestListed = 10

export type ReportDeps = Pick<ServiceDeps, 'database' | 'clock' | 'metrics'> & { serving: Serving; orchestrator: Orchestrator }

/** Reports of one execution. Each answer is read from one snapshot, so that its figures agree. */
export const reportRoutes =
  ({ database, clock, metrics, serving, orchestrator }: ReportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { calls, executions, billing } = serving
    const reportAge = reportAgeMetric(metrics)

    /**
     * Answers with what a cut shows of an execution (contract rule 33), and says in a header as of when it is. An execution whose events have not arrived yet is
     * shown as it was launched. One of another organization is answered like one that does not exist (contract rule 21).
     */
    async function answer<T>(
      { identity, params: { id } }: Asked,
      reply: Replied,
      read: (orm: Orm, shown: Shown) => Promise<T>,
      asOf?: string,
    ): Promise<T> {
      const atMs = asOf === undefined ? undefined : fromIso(asOf)
      const stored = await database.snapshot(async ({ orm }) => {
        const launch = await executions.findLaunch(orm, identity.organizationId, id)
        if (!launch) return undefined
        const cut = await cutOf(orm, serving, id)
        if (atMs === undefined) {
          const progress = await executions.progressOf(orm, id, cut.position)
          return { cut, answer: await read(orm, { launch, progress, position: cut.position, nowMs: clock.now() }) }
        }
        refuseOutsideOf(launch.launchedAtMs, atMs, clock.now())
        const position = Math.min(cut.position, await calls.positionAt(orm, id, atMs))
        const progress = await executions.progressOf(orm, id, position, atMs)
        return { cut, answer: await read(orm, { launch, progress, position, nowMs: atMs }) }
      })
      if (stored) {
        tellAge(reply, stored.cut, atMs)
        return stored.answer
      }
      // Outside of a transaction: the answer may take seconds.
      const launched = await orchestrator.launchOf(identity.organizationId, id)
      if (!launched) throw new DomainError('not_found', 'NotFoundException', 'Execution not found')
      const launchedAtMs = fromIso(launched.time)
      const nowMs = clock.now()
      if (atMs !== undefined) refuseOutsideOf(launchedAtMs, atMs, nowMs)
      tellAge(reply, { ...nothing, lacksFromMs: launchedAtMs }, atMs)
      const shown = { ...executionAtLaunch(launched), position: nothing.position, nowMs: atMs ?? nowMs }
      return database.snapshot(({ orm }) => read(orm, shown))
    }

    /** @param askedMs the instant that the report was asked for, if it was for one. */
    function tellAge(reply: Replied, cut: Cut, askedMs = Number.POSITIVE_INFINITY): void {
      const nowMs = clock.now()
      const knownToMs = asOfMs(cut, nowMs)
      reportAge.observe((nowMs - knownToMs) / 1000)
      reply.header(asOfHeader, toIso(Math.min(knownToMs, askedMs)))
    }

    app.get(prefix, { config, schema: GetReport }, (request, reply) =>
      answer(
        request,
        reply,
        async (orm, { position, nowMs, ...execution }) => {
          const { executionId } = execution.launch
          const { attempts } = await calls.countsOf(orm, executionId, position)
          const { total } = await billing.costsOf(orm, executionId, position)
          return reportResponse(reportOf(execution, sumOfCalls(attempts), total, nowMs))
        },
        request.query.asOf,
      ),
    )

    app.get(`${prefix}/calls`, { config, schema: GetCalls }, async (request, reply) => {
      const list = pagedList(request, reply, calls.callOrder)
      return answer(request, reply, async (orm, { position, launch: { executionId } }) => {
        const { attempts } = await calls.countsOf(orm, executionId, position)
        const { started: total } = sumOfCalls(attempts)
        const listed = await calls.listCalls(orm, executionId, position, list.slice)
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

/** A report can be asked for every instant of an execution's life, and for none before or ahead. */
function refuseOutsideOf(launchedAtMs: number, atMs: number, nowMs: number): void {
  const problem = atMs > nowMs ? 'must not lie ahead' : `must not lie before the launch, ${toIso(launchedAtMs)}`
  if (atMs > nowMs || atMs < launchedAtMs) throw invalidFields([{ pointer: '/query/asOf', message: problem }])
}

interface Asked {
  identity: Pick<Identity, 'organizationId'>
  params: { id: string }
}

interface Replied {
  header(name: string, value: string): unknown
}

/** What a report shows of an execution: its state at a position of the calls' lane. */
type Shown = Execution & { readonly position: number /** The instant that it is shown at. */; readonly nowMs: number }
