import { Readable } from 'node:stream'
import { type CallFilterQuery, CallsExportQuery } from '@carillon/contracts/report-query'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { tenantShare } from '@carillon/service-kit/domain/tenant-share'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { SQLWrapper } from 'drizzle-orm'
import { callFilterOf } from '../domain/call-filter.ts'
import { callSheet } from '../domain/call-sheet.ts'
import { callPages } from '../export/call-pages.ts'
import { csvFile } from '../export/csv-file.ts'
import { inTime } from '../export/in-time.ts'
import { xlsxFile } from '../export/xlsx-file.ts'
import type { ProgramApi } from '../program-api.ts'
import type { Serving } from '../read-models/registry.ts'
import type { CutAnswers } from './cut-answers.ts'
import { announceFile, fileResponse } from './file-reply.ts'

const asked = { params: IdParams, querystring: CallsExportQuery }

const ExportCalls = {
  operationId: 'exportExecutionCalls',
  summary: 'Download the calls of an execution as a spreadsheet',
  description:
    'One row a call, of those that fulfil the conditions: 18 fixed columns, one for each custom attribute of the organization, and those of each node of the flow. All calls are of one cut. Sorted ' +
    'by the last name of the contact, those without one at the end, then by attempt. Names are those at the launch, attributes those that the call knew. The ' +
    'columns of attributes and nodes are empty while a call goes on. The last run of a node counts. Texts that a spreadsheet program would run as a formula begin ' +
    'with an apostrophe.',
  errors: {
    NotFoundException: 'The organization has no execution with this id.',
    TooManyRequestsError: 'The organization downloads as many files as it may at a time.',
  },
  tags: [tags.reports],
  ...asked,
  response: { 200: fileResponse('calls-<executionId>') },
}

/** Files that an organization may download at a time from one replica: each holds the ids of its calls in memory. */
const atOnce = 3

/** The longest that a client may take for a page. */
const patienceMs = 60_000

const downloads = tenantShare(
  (count) =>
    new DomainError(
      'too_many',
      'TooManyRequestsError',
      `The organization downloads ${count} files of calls already. Wait until one of them is complete`,
    ),
)

export interface CallsExportDeps extends Pick<ServiceDeps, 'database'> {
  readonly answers: CutAnswers
  readonly serving: Pick<Serving, 'calls' | 'billing'>
  readonly programApi: ProgramApi
}

/** The calls of an execution as a file that is written while it is read. */
export const callsExportRoutes =
  ({ database, answers, serving, programApi }: CallsExportDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const route = { config: { role: 'supervisor' } } as const
    const url = '/program-execution/:id/report/calls/export'

    // Answers as GET does, without reading any calls.
    app.head(url, { ...route, schema: { ...asked, hide: true } }, async (request, reply) => {
      await answers.answer(request, reply, async () => undefined)
      announceFile(reply, `calls-${request.params.id}`, request.query.format ?? 'xlsx')
      return reply.send()
    })

    app.get(url, { ...route, exposeHeadRoute: false, schema: ExportCalls }, async (request, reply) => {
      const { identity, query } = request
      const { format = 'xlsx' } = query
      const filter = callFilterOf(query as CallFilterQuery)
      const end = downloads.begin(identity.organizationId, atOnce)
      try {
        const cut = await answers.answer(request, reply, async (orm, { position, launch: { executionId, nodes } }) => {
          const costOf = (callId: SQLWrapper) => serving.billing.costOf(callId, position)
          const callIds = await serving.calls.callsByName(orm, { executionId, position, filter, costOf })
          return { executionId, nodes, position, callIds }
        })
        const sheet = callSheet(cut.nodes, await programApi.customAttributes(identity.organizationId))
        const rows = mapped(callPages(database.orm, serving, cut), (page) => page.map(sheet.rowOf))
        const file = inTime(patienceMs, rows, (pages) => {
          return format === 'csv'
            ? Readable.from(csvFile(sheet.header, pages), { highWaterMark: 1 })
            : xlsxFile('Calls', sheet.header, pages)
        })
        file.once('close', end)
        announceFile(reply, `calls-${cut.executionId}`, format)
        return reply.send(file)
      } catch (error) {
        end()
        throw error
      }
    })
  }

async function* mapped<T, U>(items: AsyncIterable<T>, change: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield change(item)
}
