import { type Static, Type } from '@sinclair/typebox'
import { Outcome } from './outcome.ts'
import { PaginationQuery } from './pagination.ts'
import { ExportQuery } from './report-export.ts'
import { described, Instant, Uuid } from './scalars.ts'
import { Text } from './text.ts'

/** Of every report that can be asked for an earlier instant. */
export const AsOfQuery = Type.Object({
  asOf: Type.Optional(
    described(
      Instant,
      'The report as it stood at this instant, from the launch to now. The header `carillon-as-of` is earlier if not all is known up to then. By default, now',
    ),
  ),
})
export type AsOfQuery = Static<typeof AsOfQuery>

const Milliseconds = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000, description }))
const Credits = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000_000, description }))

/** Which calls of an execution are shown. Conditions that are absent hold for all; those that are there hold together. */
const callFilter = {
  status: Type.Optional(
    Type.Union([Type.Literal('ongoing'), ...Outcome.anyOf], {
      description: 'Only calls in this status: `ongoing`, or the outcome of a call that has ended',
    }),
  ),
  attempt: Type.Optional(Type.Integer({ minimum: 1, maximum: 32_767, description: 'Only calls of this attempt: 1 for first calls' })),
  contactId: Type.Optional(described(Uuid, 'Only calls of this contact')),
  to: Type.Optional(
    Type.String({
      maxLength: 16,
      pattern: '^\\+?[0-9]{1,15}$',
      'x-meaning': 'the first digits of a number',
      examples: ['+2126'],
      description: 'Only calls to numbers that begin with this; the plus may be left out',
    }),
  ),
  startedFrom: Type.Optional(described(Instant, 'Only calls that began at this instant or later')),
  startedBefore: Type.Optional(described(Instant, 'Only calls that began before this instant')),
  nodeId: Type.Optional(Text({ minLength: 1, maxLength: 64, description: 'Only calls that have run this node of the flow' })),
  digits: Type.Optional(
    Type.String({
      maxLength: 64,
      pattern: '^[0-9A-D*#]+$',
      'x-meaning': 'keys of a telephone',
      description: 'Only calls in which exactly these keys were pressed at the node `nodeId`, or at any node without one',
    }),
  ),
  minDurationMs: Milliseconds('Only calls that lasted at least so long from the answer to the end, in milliseconds'),
  maxDurationMs: Milliseconds('Only answered calls that lasted at most so long, in milliseconds'),
  minCost: Credits('Only rated calls that cost at least so much, in credits'),
  maxCost: Credits('Only rated calls that cost at most so much, in credits'),
}
export const CallFilterQuery = Type.Object(callFilter)
export type CallFilterQuery = Static<typeof CallFilterQuery>

export const callSorts = ['startedAt', '-startedAt', 'durationMs', '-durationMs', 'totalCost', '-totalCost'] as const
export type CallSort = (typeof callSorts)[number]

/** `GET /program-execution/:id/report/calls` */
export const CallHistoryQuery = Type.Object(
  {
    ...PaginationQuery.properties,
    ...callFilter,
    sort: Type.Optional(
      Type.Union(
        callSorts.map((sort) => Type.Literal(sort)),
        {
          description:
            'The order: by start, duration or cost, with a minus from the highest to the lowest. A call without a duration or a cost counts as 0. By default, `startedAt`',
        },
      ),
    ),
  },
  { additionalProperties: false },
)
/** As a client sends it: parameters with a default are optional. */
export type CallHistoryQuery = Partial<Static<typeof CallHistoryQuery>>

/** `GET /program-execution/:id/report/calls/export` */
export const CallsExportQuery = Type.Object({ ...ExportQuery.properties, ...callFilter }, { additionalProperties: false })
export type CallsExportQuery = Static<typeof CallsExportQuery>
