import { bucketEdges } from '@carillon/calling-time/time-buckets'
import { isTerminal } from '@carillon/contracts/execution'
import { fromIso } from '@carillon/contracts/instant'
import { ExecutionTimeline, maxTimelineBuckets, TimelineQuery } from '@carillon/contracts/report-timeline'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { noCalls, sumOfCalls } from '../domain/attempt-stats.ts'
import { type FiguresAsOf, timelineOf } from '../domain/timeline.ts'
import type { Serving } from '../read-models/registry.ts'
import { asOfHeader, type CutAnswers } from './cut-answers.ts'
import { timelineBucket } from './timeline-response.ts'

const GetTimeline = {
  operationId: 'getExecutionTimeline',
  summary: 'Get the calls of an execution over time',
  description:
    'Calls, outcomes and credits of every minute, quarter of an hour, hour or day. A call counts in `callsStarted` where it started, and in everything else where it ended. ' +
    'The buckets of the whole execution add up to its report.',
  errors: { NotFoundException: 'The organization has no execution with this id.' },
  tags: [tags.reports],
  params: IdParams,
  querystring: TimelineQuery,
  response: { 200: asOfHeader(ExecutionTimeline) },
}

export interface TimelineDeps {
  readonly answers: CutAnswers
  readonly serving: Pick<Serving, 'calls' | 'billing'>
}

/** An execution's calls over time: the differences between its reports as of the edges of the buckets. */
export const timelineRoutes =
  ({ answers, serving: { calls, billing } }: TimelineDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    /** The figures as of each edge. Nothing that happened between two edges: the figures of the first one are those of the second. */
    async function figuresAsOf(orm: Orm, executionId: string, cut: number, edges: readonly number[]): Promise<FiguresAsOf[]> {
      const figures: FiguresAsOf[] = []
      let lastPosition = 0
      let last = { calls: noCalls(), costMicros: 0n }
      for (const atMs of edges) {
        // An edge is the first instant of the next bucket.
        const position = Math.min(cut, await calls.positionAt(orm, executionId, atMs - 1))
        if (position > lastPosition) {
          const { attempts } = await calls.countsOf(orm, executionId, position)
          const { total } = await billing.costsOf(orm, executionId, position)
          last = { calls: sumOfCalls(attempts), costMicros: total.totalMicros }
          lastPosition = position
        }
        figures.push({ atMs, ...last })
      }
      return figures
    }

    app.get('/program-execution/:id/report/timeline', { config: { role: 'supervisor' }, schema: GetTimeline }, (request, reply) => {
      const { bucket = 'hour', from, to } = request.query
      return answers.answer(request, reply, async (orm, { launch, progress, position, nowMs }) => {
        const { executionId, timezone } = launch
        const lastMs = isTerminal(progress.status) ? await calls.lastChangeAt(orm, executionId) : null
        const fromMs = from === undefined ? (progress.actualStartAtMs ?? launch.launchedAtMs) : fromIso(from)
        // Nothing is known of later.
        const toMs = to === undefined ? Math.max(lastMs === null ? nowMs : lastMs + 1, fromMs) : Math.min(fromIso(to), nowMs)
        if (to !== undefined && fromMs > fromIso(to)) throw invalidFields([{ pointer: '/query/to', message: 'must not lie before from' }])
        const edges = bucketEdges(bucket, timezone, fromMs, toMs, maxTimelineBuckets)
        if (!edges) {
          const message = `gives more than ${maxTimelineBuckets} buckets for this span. Take a longer bucket, or a shorter span by from and to`
          throw invalidFields([{ pointer: '/query/bucket', message }])
        }
        const parts = timelineOf(await figuresAsOf(orm, executionId, position, edges))
        return { executionId, bucket, timezone, data: parts.map(timelineBucket) }
      })
    })
  }
