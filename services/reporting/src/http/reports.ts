import { ErrorBody } from '@carillon/contracts/error-body'
import type { Identity } from '@carillon/contracts/identity'
import { fromIso, toIso } from '@carillon/contracts/instant'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { CallHistory, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
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
const errors = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody }

/** Of every report: since when the answer may lack something. */
const asOfHeader = 'carillon-as-of'
const asOfDescription = 'When the first thing happened that the report lacks, because a service has not told of it yet; otherwise now'

/** A report, answered with the header. */
function asOf<T extends TSchema>(report: T): T {
  return { ...report, headers: { [asOfHeader]: { type: 'string', format: 'date-time', description: asOfDescription } } }
}

const GetReport = {
  tags: [tags.reports],
  summary: 'Main report of an execution',
  params: IdParams,
  response: { 200: asOf(ProgramReport), ...errors },
}
const GetCalls = {
  tags: [tags.reports],
  summary: 'Calls of an execution, oldest first',
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: asOf(CallHistory), ...errors },
}
const GetBreakdown = {
  tags: [tags.reports],
  summary: 'Calls of an execution by attempt number',
  params: IdParams,
  response: { 200: asOf(EventBreakdown), ...errors },
}
const GetNodeStats = {
  tags: [tags.reports],
  summary: 'How often the calls of an execution ran each node',
  params: IdParams,
  response: { 200: asOf(NodeExecutionStats), ...errors },
}
const GetBilling = {
  tags: [tags.reports],
  summary: 'What an execution cost',
  params: IdParams,
  response: { 200: asOf(ProgramBillingReport), ...errors },
}

/** Calls that a bill lists as the most expensive ones. */
const costliestListed = 10

type Deps = Pick<ServiceDeps, 'database' | 'clock' | 'metrics'> & { serving: Serving; orchestrator: Orchestrator }

/** Reports of one execution. Each answer is read from one snapshot, so that its figures agree. */
export const reportRoutes =
  ({ database, clock, metrics, serving, orchestrator }: Deps): FastifyPluginAsyncTypebox =>
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
    ): Promise<T> {
      const stored = await database.snapshot(async ({ orm }) => {
        const launch = await executions.findLaunch(orm, identity.organizationId, id)
        if (!launch) return undefined
        const cut = await cutOf(orm, serving, id)
        const progress = await executions.progressOf(orm, id, cut.position)
        return { cut, answer: await read(orm, { launch, progress, position: cut.position }) }
      })
      if (stored) {
        tellAge(reply, stored.cut)
        return stored.answer
      }
      // Outside of a transaction: the answer may take seconds.
      const launched = await orchestrator.launchOf(identity.organizationId, id)
      if (!launched) throw new DomainError('not_found', 'NotFoundException', 'Execution not found')
      tellAge(reply, { ...nothing, lacksFromMs: fromIso(launched.time) })
      return database.snapshot(({ orm }) => read(orm, { ...executionAtLaunch(launched), position: nothing.position }))
    }

    function tellAge(reply: Replied, cut: Cut): void {
      const nowMs = clock.now()
      const atMs = asOfMs(cut, nowMs)
      reportAge.observe((nowMs - atMs) / 1000)
      reply.header(asOfHeader, toIso(atMs))
    }

    app.get(prefix, { config, schema: GetReport }, (request, reply) =>
      answer(request, reply, async (orm, { position, ...execution }) => {
        const { executionId } = execution.launch
        const counts = sumOfCalls(await calls.attemptStatsOf(orm, executionId, position))
        return reportResponse(reportOf(execution, counts, await billing.billingOf(orm, executionId, position), clock.now()))
      }),
    )

    app.get(`${prefix}/calls`, { config, schema: GetCalls }, async (request, reply) => {
      const list = pagedList(request, reply, calls.callOrder)
      return answer(request, reply, async (orm, { position, launch: { executionId } }) => {
        const { started: total } = sumOfCalls(await calls.attemptStatsOf(orm, executionId, position))
        const listed = await calls.listCalls(orm, executionId, position, list.slice)
        const callIds = listed.map((call) => call.callId)
        const [ends, costs] = [await calls.endsOfCalls(orm, callIds, position), await billing.costsOfCalls(orm, callIds, position)]
        return list.answer(listed, total, (call) => callHistoryItem(call, ends.get(call.callId), costs.get(call.callId)))
      })
    })

    app.get(`${prefix}/breakdown`, { config, schema: GetBreakdown }, (request, reply) =>
      answer(request, reply, async (orm, { position, launch: { executionId } }) => {
        return breakdownResponse(breakdownOf(await calls.attemptStatsOf(orm, executionId, position)))
      }),
    )

    app.get(`${prefix}/node-stats`, { config, schema: GetNodeStats }, (request, reply) =>
      answer(request, reply, async (orm, { position, launch: { executionId, nodes } }) => {
        const counts = sumOfCalls(await calls.attemptStatsOf(orm, executionId, position))
        const stats = await calls.nodeStatsOf(orm, executionId, position)
        const digits = await calls.digitBreakdownsOf(orm, executionId, position)
        return nodeStatsResponse(nodeReportOf(nodes, stats, digits, counts))
      }),
    )

    app.get(`${prefix}/billing`, { config, schema: GetBilling }, (request, reply) =>
      answer(request, reply, async (orm, { position, launch: { executionId } }) => {
        const nodeTypes = await billing.nodeTypeBillingOf(orm, executionId, position)
        const costliest = await billing.costliestCalls(orm, executionId, position, costliestListed)
        return billingResponse(billOf(await billing.billingOf(orm, executionId, position), nodeTypes, costliest))
      }),
    )
  }

interface Asked {
  identity: Pick<Identity, 'organizationId'>
  params: { id: string }
}

interface Replied {
  header(name: string, value: string): unknown
}

/** What a report shows of an execution: its state at a position of the calls' lane. */
type Shown = Execution & { readonly position: number }
