import { type Static, Type } from '@sinclair/typebox'
import { Instant, Nullable, Uuid } from './scalars.ts'
import { Name, Text } from './text.ts'

/** Outcome of a call that has ended (contract rule 3). */
export const Outcome = Type.Union(
  [
    Type.Literal('completed'),
    Type.Literal('voicemail'),
    Type.Literal('no_answer'),
    Type.Literal('busy'),
    Type.Literal('rejected'),
    Type.Literal('failed'),
  ],
  { description: 'How the call went; completed means that a human answered' },
)
export type Outcome = Static<typeof Outcome>

/** How the flow went, apart from how the call went (contract rule 3). */
export const FlowOutcome = Type.Union([Type.Literal('completed'), Type.Literal('failed'), Type.Literal('abandoned')])
export type FlowOutcome = Static<typeof FlowOutcome>

const retryOn = Type.Optional(
  Type.Array(Outcome, { maxItems: 6, uniqueItems: true, description: 'Outcomes that are retried; if absent, all except completed' }),
)

/** When to call a contact again that was not reached. */
export const RetryStrategy = Type.Union([
  Type.Object({ type: Type.Literal('none'), retryOn }, { additionalProperties: false }),
  Type.Object(
    {
      type: Type.Literal('fixed_delay'),
      delayMinutes: Type.Number({ minimum: 0, maximum: 525_600, description: 'From the end of the failed call' }),
      maxRetries: Type.Integer({ minimum: 0, maximum: 100 }),
      retryOn,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('scheduled'), retryDates: Type.Array(Instant, { maxItems: 100 }), retryOn },
    { additionalProperties: false },
  ),
])
export type RetryStrategy = Static<typeof RetryStrategy>

/** The same in a request (contract rule 29). What is stored may be older than these bounds. */
export const RetryStrategyInput = Type.Union([
  Type.Object({ type: Type.Literal('none'), retryOn }, { additionalProperties: false }),
  Type.Object(
    {
      type: Type.Literal('fixed_delay'),
      delayMinutes: Type.Integer({ minimum: 1, maximum: 43_200, description: 'From the end of the failed call' }),
      maxRetries: Type.Integer({ minimum: 0, maximum: 20 }),
      retryOn,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('scheduled'),
      retryDates: Type.Array(Instant, {
        minItems: 1,
        maxItems: 50,
        description: 'Ascending; one of them at least lies ahead when the program is created',
      }),
      retryOn,
    },
    { additionalProperties: false },
  ),
])

/** A wall-clock time of day. */
export const TimeOfDay = Type.Object(
  { hour: Type.Integer({ minimum: 0, maximum: 23 }), minute: Type.Integer({ minimum: 0, maximum: 59 }) },
  { additionalProperties: false },
)
export type TimeOfDay = Static<typeof TimeOfDay>

/** `[startAt, endAt)`; an `endAt` that is not after `startAt` is on the next day (contract rule 13). */
export const PauseWindowItem = Type.Object({ startAt: TimeOfDay, endAt: TimeOfDay }, { additionalProperties: false })
export type PauseWindowItem = Static<typeof PauseWindowItem>

const daily = Type.Optional(Type.Array(PauseWindowItem, { maxItems: 48 }))

export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
export type Weekday = (typeof weekdays)[number]

const weekly = { sunday: daily, monday: daily, tuesday: daily, wednesday: daily, thursday: daily, friday: daily, saturday: daily }

/** When calls must not be made: weekly windows of wall-clock time, and ranges of instants. */
export const PauseWindows = Type.Object(
  {
    ...weekly,
    advanced: Type.Optional(
      Type.Array(Type.Object({ startAt: Instant, endAt: Instant }, { additionalProperties: false }), { maxItems: 400 }),
    ),
  },
  { additionalProperties: false },
)
export type PauseWindows = Static<typeof PauseWindows>

/** When a contact may be called, in the contact's own local time (contract rule 19). No calls are made on a weekday that is absent. */
export const CallingHours = Type.Object(weekly, { additionalProperties: false })
export type CallingHours = Static<typeof CallingHours>

/** Concurrency and start rate of one execution (contract rule 19). */
export const Pacing = Type.Object(
  {
    maxConcurrentCalls: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    callsPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100_000 })),
  },
  { additionalProperties: false },
)
export type Pacing = Static<typeof Pacing>

/** Pauses the execution when a node has run `threshold` times, counted over all calls. */
export const AutoPauseRule = Type.Object(
  {
    nodeId: Text({ minLength: 1, maxLength: 64 }),
    threshold: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    resetOnResume: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type AutoPauseRule = Static<typeof AutoPauseRule>

/** A date attribute of a contact triggers its call. */
export const TriggerCondition = Type.Object(
  {
    type: Type.Literal('date'),
    attributeName: Text({ minLength: 1, maxLength: 64 }),
    direction: Type.Union([Type.Literal('before'), Type.Literal('after')]),
    offset: Type.Object(
      {
        days: Type.Integer({ minimum: 0, maximum: 36_500 }),
        hours: Type.Integer({ minimum: 0, maximum: 23 }),
        minutes: Type.Integer({ minimum: 0, maximum: 59 }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)
export type TriggerCondition = Static<typeof TriggerCondition>

export const ProgramMode = Type.Union([Type.Literal('batch'), Type.Literal('live')])
export type ProgramMode = Static<typeof ProgramMode>

export const ProgramStatus = Type.Union([Type.Literal('draft'), Type.Literal('active'), Type.Literal('archived')])
export type ProgramStatus = Static<typeof ProgramStatus>

const Timezone = Text({ minLength: 1, maxLength: 64, description: 'IANA name, e.g. Africa/Casablanca' })

/** `null`: not set, as in an answer (contract rule 28). */
const settings = {
  stopAt: Type.Optional(Nullable(Instant)),
  pauseWindows: Type.Optional(Nullable(PauseWindows)),
  autoPauseRules: Type.Optional(Nullable(Type.Array(AutoPauseRule, { maxItems: 50, description: 'One rule a node' }))),
  timezone: Type.Optional(Nullable(Timezone)),
  callingHours: Type.Optional(Nullable(CallingHours)),
  pacing: Type.Optional(Nullable(Pacing)),
  amd: Type.Optional(Nullable(Type.Boolean({ description: 'Tell humans from answering machines on every dial node' }))),
  triggerCondition: Type.Optional(Nullable(TriggerCondition)),
}

/** `POST /programs` */
export const CreateProgramRequest = Type.Object(
  {
    name: Name,
    mode: Type.Optional(Nullable(ProgramMode)),
    audienceId: Type.Optional(Nullable(Uuid)),
    flowId: Uuid,
    startAt: Instant,
    didPool: Type.Array(Uuid, { minItems: 1, maxItems: 1000, uniqueItems: true }),
    retryStrategy: RetryStrategyInput,
    ...settings,
  },
  { $id: 'CreateProgramRequest', additionalProperties: false },
)
export type CreateProgramRequest = Static<typeof CreateProgramRequest>

/** `PATCH /programs/:id`; `null` clears an optional setting. */
export const UpdateProgramRequest = Type.Object(
  {
    name: Type.Optional(Name),
    audienceId: Type.Optional(Uuid),
    flowId: Type.Optional(Uuid),
    startAt: Type.Optional(Instant),
    didPool: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 1000, uniqueItems: true })),
    retryStrategy: Type.Optional(RetryStrategyInput),
    ...settings,
  },
  { $id: 'UpdateProgramRequest', additionalProperties: false, minProperties: 1 },
)
export type UpdateProgramRequest = Static<typeof UpdateProgramRequest>

export const DidPoolItem = Type.Object({ id: Uuid, number: Type.String(), country: Type.String() })
export type DidPoolItem = Static<typeof DidPoolItem>

/** Answer of every `/programs` route (the extensions of contract rule 19). */
export const ProgramResponse = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    mode: ProgramMode,
    organizationId: Uuid,
    audienceId: Uuid,
    flowId: Uuid,
    status: ProgramStatus,
    triggerCondition: Nullable(TriggerCondition),
    startAt: Instant,
    stopAt: Nullable(Instant),
    didPool: Type.Array(DidPoolItem),
    retryStrategy: RetryStrategy,
    pauseWindows: Nullable(PauseWindows),
    autoPauseRules: Nullable(Type.Array(AutoPauseRule)),
    timezone: Nullable(Timezone),
    callingHours: Nullable(CallingHours),
    pacing: Nullable(Pacing),
    amd: Nullable(Type.Boolean()),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'ProgramResponse' },
)
export type ProgramResponse = Static<typeof ProgramResponse>
