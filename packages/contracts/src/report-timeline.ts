import { type Static, Type } from '@sinclair/typebox'
import { described, Instant, Uuid } from './scalars.ts'

const Count = (description: string) => Type.Integer({ minimum: 0, description })

/** The most buckets of one timeline. */
export const maxTimelineBuckets = 200

const BucketLength = Type.Union([Type.Literal('minute'), Type.Literal('quarter_hour'), Type.Literal('hour'), Type.Literal('day')], {
  description: 'The length of a bucket. Buckets begin at full minutes, quarters, hours or days of the program’s time zone',
})

export const TimelineQuery = Type.Object({
  bucket: Type.Optional({ ...BucketLength, default: 'hour' }),
  from: Type.Optional(described(Instant, 'The first bucket holds this instant. By default, when calls began')),
  to: Type.Optional(
    described(
      Instant,
      'The last bucket ends at this instant or holds it. By default, the last call event, or now while the execution goes on',
    ),
  ),
})
export type TimelineQuery = Static<typeof TimelineQuery>

export const TimelineBucket = Type.Object(
  {
    startAt: described(Instant, 'When the bucket begins'),
    endAt: described(Instant, 'When the next one begins; this instant is not in the bucket'),
    callsStarted: Count('Calls that were started in the bucket'),
    callsEnded: Count('Calls that ended in the bucket. The sum of the six outcomes'),
    answered: Count('Calls that a human answered, and that ended in the bucket'),
    voicemail: Count('Calls that an answering machine answered, and that ended in the bucket'),
    noAnswer: Count('Calls that nobody answered'),
    busy: Count('Calls to a busy line'),
    rejected: Count('Calls that the callee rejected'),
    failed: Count('Calls that failed'),
    completed: Count('Calls that ended in the bucket and whose flow reached a normal end'),
    answerRate: Type.Number({ minimum: 0, description: 'answered / callsEnded, in percent with two decimals' }),
    creditsUsed: Type.Number({ description: 'What the calls that ended in the bucket cost, in credits with up to six decimals' }),
  },
  { 'x-schema': 'TimelineBucket', description: 'The calls of one part of an execution’s time.' },
)
export type TimelineBucket = Static<typeof TimelineBucket>

/** `GET /program-execution/:id/report/timeline` */
export const ExecutionTimeline = Type.Object(
  {
    executionId: described(Uuid, 'The execution’s id'),
    bucket: BucketLength,
    timezone: Type.String({ description: 'The time zone that buckets begin by (IANA name): the program’s' }),
    data: Type.Array(TimelineBucket, {
      description: `Every bucket, also those without calls, the earliest first. At most ${maxTimelineBuckets}`,
    }),
  },
  { $id: 'ExecutionTimeline', description: 'The calls of an execution over time.' },
)
export type ExecutionTimeline = Static<typeof ExecutionTimeline>
