import { type Static, Type } from '@sinclair/typebox'
import { AsOfQuery } from './report-query.ts'
import { described, Nullable, Uuid } from './scalars.ts'

export const segmentations = ['did', 'country', 'hour'] as const
export type Segmentation = (typeof segmentations)[number]
export const Segmentation = Type.Union(
  segmentations.map((by) => Type.Literal(by)),
  {
    description:
      '`did`: the number that called. `country`: that of the number that was called. `hour`: the hour on the clocks there when the call started',
  },
)

/** `GET /program-execution/:id/report/segments` */
export const SegmentsQuery = Type.Object(
  { ...AsOfQuery.properties, by: Type.Optional(described(Segmentation, 'What the calls of a part have in common; by default, `did`')) },
  { additionalProperties: false },
)
export type SegmentsQuery = Static<typeof SegmentsQuery>

const Count = (description: string) => Type.Integer({ minimum: 0, description })
const Percentage = (description: string) =>
  Type.Number({ minimum: 0, maximum: 100, description: `${description}, in percent with two decimals` })

export const CallSegment = Type.Object(
  {
    key: described(
      Nullable(Type.String()),
      'The DID’s number, the country (ISO 3166-1), or the hour from `00` to `23`; null for numbers without a country, and for hours of countries with several time zones',
    ),
    calls: Count('All calls, those that go on included'),
    callsAnswered: Count('A human answered'),
    callsVoicemail: Count('An answering machine answered'),
    callsNoAnswer: Count('Nobody answered'),
    callsBusy: Count('The number was busy'),
    callsRejected: Count('The call was rejected'),
    callsFailed: Count('The call failed'),
    answerRate: Percentage('callsAnswered / calls that have ended'),
    averageDurationMs: Type.Number({ minimum: 0, description: 'Mean duration of the answered calls and voicemails, in milliseconds' }),
    suspectedSpam: Type.Optional(
      Type.Boolean({
        description:
          'Only by DID: it is answered so much less than the other DIDs of the execution that chance does not explain it. Carriers may show it as spam',
      }),
    ),
  },
  { 'x-schema': 'CallSegment', description: 'The calls of an execution that have something in common.' },
)
export type CallSegment = Static<typeof CallSegment>

export const ExecutionSegments = Type.Object(
  {
    executionId: described(Uuid, 'The execution'),
    by: Segmentation,
    segments: Type.Array(CallSegment, {
      description: 'By hour in the order of the day, otherwise those with the most calls first. Each call is in one of them',
    }),
  },
  { $id: 'ExecutionSegments', description: 'The calls of an execution by what they have in common.' },
)
export type ExecutionSegments = Static<typeof ExecutionSegments>
