import { type CallSegment, ExecutionSegments, type Segmentation, SegmentsQuery } from '@carillon/contracts/report-segments'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answerRateOf, averageDurationOf, isSuspect, type Segment } from '../domain/segments.ts'
import type { Serving } from '../read-models/registry.ts'
import { asOfHeader, type CutAnswers } from './cut-answers.ts'

const GetSegments = {
  operationId: 'getExecutionSegments',
  summary: 'Get the calls of an execution by DID, country or hour',
  description:
    'Which DIDs are answered and which are not, in which countries, and at which hour of the callee’s day. All calls of one answer are of the same instant. A DID that is answered much less than the others is marked.',
  errors: { NotFoundException: 'The organization has no execution with this id.' },
  tags: [tags.reports],
  params: IdParams,
  querystring: SegmentsQuery,
  response: { 200: asOfHeader(ExecutionSegments) },
}

export interface SegmentDeps {
  readonly answers: CutAnswers
  readonly serving: Pick<Serving, 'calls'>
}

/** An execution's calls by what they have in common. */
export const segmentRoutes =
  ({ answers, serving: { calls } }: SegmentDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/program-execution/:id/report/segments', { config: { role: 'supervisor' }, schema: GetSegments }, (request, reply) => {
      const by = (request.query.by ?? 'did') as Segmentation
      return answers.answer(
        request,
        reply,
        async (orm, { position, launch: { executionId } }) => {
          const segments = await calls.segmentsOf(orm, executionId, position, by)
          const sorted = by === 'hour' ? segments.toSorted((a, b) => ((a.key ?? '~') < (b.key ?? '~') ? -1 : 1)) : segments
          return { executionId, by, segments: sorted.map((segment) => toSegment(segment, by === 'did' ? segments : undefined)) }
        },
        request.query.asOf,
      )
    })
  }

function toSegment(segment: Segment, pool: readonly Segment[] | undefined): CallSegment {
  return {
    key: segment.key,
    calls: segment.started,
    callsAnswered: segment.answered,
    callsVoicemail: segment.voicemail,
    callsNoAnswer: segment.noAnswer,
    callsBusy: segment.busy,
    callsRejected: segment.rejected,
    callsFailed: segment.failed,
    answerRate: answerRateOf(segment),
    averageDurationMs: averageDurationOf(segment),
    ...(pool ? { suspectedSpam: isSuspect(segment, pool) } : {}),
  }
}
