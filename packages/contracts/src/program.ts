import { type Static, Type } from '@sinclair/typebox'
import { DidPoolItem } from './did.ts'
import { acceptsNull } from './optional-null.ts'
import { createProgramExamples } from './program-examples.ts'
import { RetryStrategy, RetryStrategyInput } from './retry-strategy.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'
import { Name, Text } from './text.ts'
import { TriggerCondition } from './trigger-condition.ts'

/** A wall-clock time of day. */
export const TimeOfDay = Type.Object(
  {
    hour: Type.Integer({ minimum: 0, maximum: 23, description: 'Hour of the day, 0 to 23' }),
    minute: Type.Integer({ minimum: 0, maximum: 59, description: 'Minute of the hour, 0 to 59' }),
  },
  { 'x-schema': 'TimeOfDay', description: 'A wall-clock time of day.', additionalProperties: false },
)
export type TimeOfDay = Static<typeof TimeOfDay>

/** Contract rule 13. */
export const PauseWindowItem = Type.Object(
  {
    startAt: described(TimeOfDay, 'The window includes its start'),
    endAt: described(TimeOfDay, 'The window excludes its end. One that is not after the start is on the next day'),
  },
  { 'x-schema': 'DailyWindow', description: 'A window of wall-clock time on one weekday.', additionalProperties: false },
)
export type PauseWindowItem = Static<typeof PauseWindowItem>

const daily = Type.Optional(Type.Array(PauseWindowItem, { maxItems: 48, description: 'The windows that start on this weekday' }))

export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
export type Weekday = (typeof weekdays)[number]

const weekly = { sunday: daily, monday: daily, tuesday: daily, wednesday: daily, thursday: daily, friday: daily, saturday: daily }

/** When calls must not be made: weekly windows of wall-clock time, and ranges of instants. */
export const PauseWindows = Type.Object(
  {
    ...weekly,
    advanced: Type.Optional(
      Type.Array(
        Type.Object(
          {
            startAt: described(Instant, 'The first instant without calls'),
            endAt: described(Instant, 'The first instant with calls again'),
          },
          { additionalProperties: false },
        ),
        { maxItems: 400, description: 'Ranges of instants, such as holidays' },
      ),
    ),
  },
  {
    'x-schema': 'PauseWindows',
    description: 'When no calls are made: weekly windows of wall-clock time in the program’s time zone, and ranges of instants.',
    additionalProperties: false,
  },
)
export type PauseWindows = Static<typeof PauseWindows>

/** When a contact may be called, in the contact's own local time (contract rule 19). No calls are made on a weekday that is absent. */
export const CallingHours = Type.Object(weekly, {
  'x-schema': 'CallingHours',
  description: 'When a contact may be called, in the contact’s own local time. No calls are made on a weekday that is absent.',
  additionalProperties: false,
})
export type CallingHours = Static<typeof CallingHours>

/** Concurrency and start rate of one execution (contract rule 19). */
export const Pacing = Type.Object(
  {
    maxConcurrentCalls: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Calls that go on at once at most' })),
    callsPerSecond: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 100_000,
        description: 'Calls that are started in a second at most; 0.5 is one call in two seconds',
      }),
    ),
  },
  { 'x-schema': 'Pacing', description: 'How fast an execution calls.', additionalProperties: false },
)
export type Pacing = Static<typeof Pacing>

/** Pauses the execution when a node has run `threshold` times, counted over all calls. */
export const AutoPauseRule = Type.Object(
  {
    nodeId: Text({ minLength: 1, maxLength: 64, description: 'The id of a node of the flow' }),
    threshold: Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'How often the node must have run, counted over all calls',
    }),
    resetOnResume: Type.Boolean({ description: 'Count from 0 again when the execution is resumed' }),
  },
  { 'x-schema': 'AutoPauseRule', description: 'Pauses the execution when a node has run a number of times.', additionalProperties: false },
)
export type AutoPauseRule = Static<typeof AutoPauseRule>

export const ProgramMode = Type.Union([Type.Literal('batch'), Type.Literal('live')], {
  description: '`batch`: the whole audience is called. `live`: each contact is called when a date of its own comes',
})
export type ProgramMode = Static<typeof ProgramMode>

export const ProgramStatus = Type.Union([Type.Literal('draft'), Type.Literal('active'), Type.Literal('archived')], {
  description: '`draft`: never launched. `active`: launched at least once. `archived`: deleted',
})
export type ProgramStatus = Static<typeof ProgramStatus>

const Timezone = Text({ minLength: 1, maxLength: 64, description: 'IANA name, e.g. Africa/Casablanca' })
const name = described(Name, 'The name, 1 to 200 characters')
const audienceId = described(Uuid, 'The audience whose contacts are called')
const flowId = described(Uuid, 'The flow that runs on each call')
const startAt = described(Instant, 'When calls begin. If it has passed at the launch, they begin at once')
const didPool = Type.Array(Uuid, {
  minItems: 1,
  maxItems: 1000,
  uniqueItems: true,
  description: 'Ids of the DIDs to call from, 1 to 1000. Contacts are spread evenly over them',
})

/** `null`: not set, as in an answer (contract rule 28). */
const settings = {
  stopAt: Type.Optional(
    described(Nullable(Instant), 'When calls end: contacts that were not called yet are skipped. Must be after `startAt`'),
  ),
  pauseWindows: Type.Optional(described(Nullable(acceptsNull(PauseWindows)), 'When no calls are made')),
  autoPauseRules: Type.Optional(
    described(
      Nullable(Type.Array(AutoPauseRule, { maxItems: 50 })),
      'Rules that pause an execution by itself, one rule a node, at most 50',
    ),
  ),
  timezone: Type.Optional(
    described(
      Nullable(Timezone),
      'The time zone of the pause windows (IANA name, e.g. Africa/Casablanca); without one, the organization’s',
    ),
  ),
  callingHours: Type.Optional(described(Nullable(acceptsNull(CallingHours)), 'When a contact may be called; without them, at any time')),
  pacing: Type.Optional(described(Nullable(acceptsNull(Pacing)), 'How fast calls are made')),
  amd: Type.Optional(described(Nullable(Type.Boolean()), 'Tell humans from answering machines on every dial node')),
  triggerCondition: Type.Optional(
    described(Nullable(TriggerCondition), 'When contacts are called. A live program needs one, a batch program has none'),
  ),
}

/** `POST /programs` */
export const CreateProgramRequest = Type.Object(
  {
    name,
    mode: Type.Optional(
      described(
        Nullable(ProgramMode),
        '`batch`, the default: the whole audience is called. `live`: each contact is called when a date of its own comes',
      ),
    ),
    audienceId: Type.Optional(
      described(
        Nullable(Uuid),
        'The audience whose contacts are called. A batch program needs one. Contacts of a live program join it when they are triggered; without one, an audience is made',
      ),
    ),
    flowId,
    startAt,
    didPool,
    retryStrategy: RetryStrategyInput,
    ...settings,
  },
  {
    $id: 'CreateProgramRequest',
    description: 'A new program.',
    additionalProperties: false,
    examples: createProgramExamples,
  },
)
export type CreateProgramRequest = Static<typeof CreateProgramRequest>

/** `PATCH /programs/:id`; `null` clears an optional setting. */
export const UpdateProgramRequest = Type.Object(
  {
    name: Type.Optional(name),
    audienceId: Type.Optional(audienceId),
    flowId: Type.Optional(flowId),
    startAt: Type.Optional(startAt),
    didPool: Type.Optional(didPool),
    retryStrategy: Type.Optional(RetryStrategyInput),
    ...settings,
  },
  {
    $id: 'UpdateProgramRequest',
    description: 'Changes of a program. `null` clears an optional setting.',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ name: 'Payment reminders in April', pauseWindows: null, pacing: { maxConcurrentCalls: 50 } }],
  },
)
export type UpdateProgramRequest = Static<typeof UpdateProgramRequest>

/** Answer of every `/programs` route (the extensions of contract rule 19). */
export const ProgramResponse = Type.Object(
  {
    id: described(Uuid, 'The program’s id'),
    name: Type.String({ description: 'The name' }),
    mode: ProgramMode,
    organizationId: described(Uuid, 'The organization that the program belongs to'),
    audienceId,
    flowId,
    status: ProgramStatus,
    triggerCondition: described(Nullable(TriggerCondition), 'When contacts of a live program are called; null for a batch program'),
    startAt,
    stopAt: described(Nullable(Instant), 'When calls end; null for when every contact is done'),
    didPool: Type.Array(DidPoolItem, { description: 'The DIDs to call from. One that was deleted is no longer listed' }),
    retryStrategy: RetryStrategy,
    pauseWindows: described(Nullable(PauseWindows), 'When no calls are made'),
    autoPauseRules: described(Nullable(Type.Array(AutoPauseRule)), 'Rules that pause an execution by itself'),
    timezone: described(Nullable(Timezone), 'The time zone of the pause windows; null for the organization’s'),
    callingHours: described(Nullable(CallingHours), 'When a contact may be called; null for any time'),
    pacing: described(Nullable(Pacing), 'How fast calls are made; null for the default'),
    amd: described(Nullable(Type.Boolean()), 'Tell humans from answering machines on every dial node; null for the default'),
    createdAt: described(Instant, 'When the program was created'),
    updatedAt: described(Instant, 'When the program was last changed'),
  },
  { $id: 'ProgramResponse', description: 'A program.' },
)
export type ProgramResponse = Static<typeof ProgramResponse>
