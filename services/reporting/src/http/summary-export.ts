import { ExportQuery } from '@carillon/contracts/report-export'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sumOfCalls } from '../domain/attempt-stats.ts'
import { breakdownOf } from '../domain/breakdown.ts'
import { nodeReportOf } from '../domain/node-stats.ts'
import { reportOf } from '../domain/report.ts'
import { summarySheets } from '../domain/summary-sheets.ts'
import { workbook } from '../export/workbook.ts'
import type { Serving } from '../read-models/registry.ts'
import { breakdownResponse } from './breakdown-response.ts'
import type { CutAnswers } from './cut-answers.ts'
import { announceFile, fileResponse } from './file-reply.ts'
import { nodeStatsResponse } from './node-stats-response.ts'
import { reportResponse } from './report-response.ts'

const asked = { params: IdParams, querystring: ExportQuery }

const ExportSummary = {
  operationId: 'exportExecutionReport',
  summary: 'Download the report of an execution as a spreadsheet',
  description:
    'Three sheets of an XLSX workbook, or three sections of a CSV file: Summary, Breakdown, Node Stats. All are of the same cut. ' +
    'Texts that a spreadsheet program would run as a formula begin with an apostrophe.',
  errors: { NotFoundException: 'The organization has no execution with this id.' },
  tags: [tags.reports],
  ...asked,
  response: { 200: fileResponse('report-<executionId>') },
}

export interface ExportDeps {
  readonly answers: CutAnswers
  readonly serving: Pick<Serving, 'calls' | 'billing'>
}

/** The reports of an execution as one file. */
export const summaryExportRoutes =
  ({ answers, serving: { calls, billing } }: ExportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const route = { config: { role: 'supervisor' } } as const
    const url = '/program-execution/:id/report/export'

    // Answers as GET does, without reading any figures.
    app.head(url, { ...route, schema: { ...asked, hide: true } }, async (request, reply) => {
      await answers.answer(request, reply, async () => undefined)
      announceFile(reply, `report-${request.params.id}`, request.query.format ?? 'xlsx')
      return reply.send()
    })

    app.get(url, { ...route, exposeHeadRoute: false, schema: ExportSummary }, async (request, reply) => {
      const { format = 'xlsx' } = request.query
      const summary = await answers.answer(request, reply, async (orm, { position, nowMs, ...execution }) => {
        const { executionId, nodes } = execution.launch
        const counts = await calls.countsOf(orm, executionId, position)
        const digits = await calls.digitBreakdownsOf(orm, executionId, position)
        const { total } = await billing.costsOf(orm, executionId, position)
        const all = sumOfCalls(counts.attempts)
        return {
          report: reportResponse(reportOf(execution, all, total, nowMs)),
          breakdown: breakdownResponse(breakdownOf(counts.attempts)),
          nodeStats: nodeStatsResponse(nodeReportOf(nodes, counts.nodes, digits, all)),
        }
      })
      const file = await workbook(format, summarySheets(summary))
      announceFile(reply, `report-${summary.report.executionId}`, format)
      return reply.send(file)
    })
  }
