import { type ExecutionStatus, isTerminal } from '@carillon/contracts/execution'
import type { ProgramReport } from '@carillon/contracts/report'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { tenantShare } from '@carillon/service-kit/domain/tenant-share'
import { eventFeeds, type FeedState } from '@carillon/service-kit/http/event-feeds'
import { EventStreamHeaders, eventStreamResponses, lastEventId, replyWithEvents } from '@carillon/service-kit/http/event-stream-reply'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type ReportDeps, reportOfCut } from './reports.ts'

const StreamReport = {
  operationId: 'streamExecutionReport',
  summary: 'Follow the report of an execution',
  description:
    'Server-sent events: `report` with the report of `getExecutionReport` as it is, and again whenever a figure has changed, twice a second at most; `durationMs` alone is no change. `end` comes when the execution has ended and ' +
    'the report is complete. A stream lasts fifteen minutes at most; a reader that opens it again with `Last-Event-ID` gets only what it does not know.',
  errors: {
    NotFoundException: 'The organization has no execution with this id.',
    TooManyRequestsError: 'The organization follows as many reports as it may at a time.',
  },
  tags: [tags.reports],
  params: IdParams,
  headers: EventStreamHeaders,
  response: eventStreamResponses('A stream of server-sent events.'),
}

/** Streams that an organization may have open at a time, from one replica. */
const atOnce = 500

const streams = tenantShare(
  (count) =>
    new DomainError('too_many', 'TooManyRequestsError', `The organization follows ${count} reports already. Close one of the streams`),
)

export type ReportStreamDeps = ReportDeps & Pick<ServiceDeps, 'every' | 'logger'>

/** The report of an execution as it changes. */
export const reportStreamRoutes =
  ({ answers, serving, every, logger }: ReportStreamDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    async function stateOf(organizationId: string, id: string): Promise<FeedState> {
      const { cut, answer } = await answers.tell({ identity: { organizationId }, params: { id } }, reportOfCut(serving))
      return feedState(answer, cut.lacksFromMs === null)
    }
    const feeds = eventFeeds({
      name: 'report',
      every,
      logger,
      read(key) {
        const [organizationId = '', id = ''] = key.split(' ')
        return stateOf(organizationId, id)
      },
    })
    app.addHook('preClose', async () => feeds.close())

    const route = { config: { role: 'supervisor' }, schema: StreamReport } as const
    app.get('/program-execution/:id/report/stream', route, async (request, reply) => {
      const { organizationId } = request.identity
      const end = streams.begin(organizationId, atOnce)
      try {
        const id = request.params.id.toLowerCase()
        const stream = feeds.open(`${organizationId} ${id}`, await stateOf(organizationId, id), lastEventId(request))
        if (stream) stream.once('close', end)
        else end()
        return replyWithEvents(reply, stream)
      } catch (error) {
        end()
        throw error
      }
    })
  }

/** The duration of an execution grows by itself. */
function feedState(report: ProgramReport, isComplete: boolean): FeedState {
  const { durationMs: _durationMs, ...compared } = report
  return { data: report, compared, isFinal: isComplete && isTerminal(report.status as ExecutionStatus) }
}
