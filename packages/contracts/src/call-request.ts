import { VariableName } from '@carillon/call-flow/variable'
import { type Static, Type } from '@sinclair/typebox'
import { exampleIds } from './example-ids.ts'
import { acceptsNull } from './optional-null.ts'
import { Outcome } from './outcome.ts'
import { Paginated, PaginationQuery } from './pagination.ts'
import { CallingHours, PauseWindows } from './program.ts'
import { RetryStrategyInput } from './retry-strategy.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'
import { Text } from './text.ts'

/** Variables that a request may give to its flow. */
export const maxRequestVariables = 100

const VariableValue = Type.Union([Text({ maxLength: 2_000 }), Type.Number(), Type.Boolean(), Type.Null()])

/** `POST /call-requests`. `null`: not set (contract rule 28). */
export const CreateCallRequest = Type.Object(
  {
    to: Type.Optional(
      described(
        Nullable(
          Text({
            minLength: 1,
            maxLength: 64,
            examples: ['0612345678'],
          }),
        ),
        'The number to call, in local or international form. A local one is read in the country of the query, or else in the organization’s. Without it, the contact’s number',
      ),
    ),
    contactId: Type.Optional(
      described(Nullable(Uuid), 'The contact to call: the flow can read its name and attributes. Without it `to` is required'),
    ),
    didId: described(Uuid, 'The DID to call from'),
    flowId: described(Uuid, 'The flow that runs on the call, in its latest version'),
    variables: Type.Optional(
      described(
        Nullable(Type.Record(VariableName, VariableValue, { maxProperties: maxRequestVariables })),
        'Values that the flow can read, by name, at most 100. Names that the platform sets (`sys…`, `contact…`, `answeredBy`) are refused',
      ),
    ),
    retryStrategy: Type.Optional(described(Nullable(RetryStrategyInput), 'When to call again; without it, the number is called once')),
    startAt: Type.Optional(described(Nullable(Instant), 'When to call; without it, at once')),
    expiresAt: Type.Optional(
      described(
        Nullable(Instant),
        'No call is started from then on, such as when a code has become useless; without it, the job waits as long as it must',
      ),
    ),
    callingHours: Type.Optional(
      described(Nullable(acceptsNull(CallingHours)), 'When the number may be called, in its own local time; without them, at any time'),
    ),
    pauseWindows: Type.Optional(described(Nullable(acceptsNull(PauseWindows)), 'When no calls are made')),
    timezone: Type.Optional(
      described(
        Nullable(Text({ minLength: 1, maxLength: 64 })),
        'The time zone of the pause windows (IANA name, e.g. Africa/Casablanca); without one, the organization’s',
      ),
    ),
    amd: Type.Optional(described(Nullable(Type.Boolean()), 'Tell humans from answering machines on every dial node')),
  },
  {
    $id: 'CreateCallRequest',
    description: 'A call to one number, outside of any program.',
    additionalProperties: false,
    examples: [
      {
        to: '0612345678',
        didId: exampleIds.did,
        flowId: exampleIds.flow,
        variables: { code: '4711' },
        retryStrategy: { type: 'fixed_delay', delayMinutes: 1, maxRetries: 2 },
      },
    ],
  },
)
export type CreateCallRequest = Static<typeof CreateCallRequest>

export const jobStatuses = ['queued', 'active', 'completed', 'failed'] as const
export type JobStatus = (typeof jobStatuses)[number]
export const JobStatus = Type.Union(
  jobStatuses.map((status) => Type.Literal(status)),
  {
    description:
      '`queued`: waits for its first call. `active`: is being called, or waits for a retry. `completed`: a human answered. `failed`: nobody was reached, and nobody is called again',
  },
)

export const jobFailures = ['not_reached', 'do_not_call', 'calling_hours', 'expired', 'cancelled'] as const
export type JobFailure = (typeof jobFailures)[number]
export const JobFailure = Type.Union(
  jobFailures.map((failure) => Type.Literal(failure)),
  {
    description:
      '`not_reached`: all calls failed. `do_not_call`: the number is in the do-not-call list. `calling_hours`: they and the pause windows leave no time to call. ' +
      '`expired`: `expiresAt` passed first. `cancelled`: it was cancelled',
  },
)

/** Answer of every `/call-requests` route. */
export const CallJob = Type.Object(
  {
    jobId: described(Uuid, 'The job’s id: `getJobReport` tells of its calls'),
    status: JobStatus,
    failureReason: described(Nullable(JobFailure), 'Why it failed; null unless it has'),
    outcome: described(Nullable(Outcome), 'How its last call went; null before the first one has ended'),
    attempts: Type.Integer({ minimum: 0, description: 'Calls that were ordered, without those that were never dialed' }),
    nextAttemptAt: described(Nullable(Instant), 'From when on it may be called next; null if it does not wait for a call'),
    to: Type.String({ description: 'The number that is called: E.164, or an extension of the trunk' }),
    from: Type.String({ description: 'The number that it is called from' }),
    contactId: described(Nullable(Uuid), 'The contact; null if the request named none'),
    flowId: described(Uuid, 'The flow that runs on the call'),
    flowVersion: Type.Integer({ minimum: 1, description: 'Its version' }),
    test: Type.Boolean({ description: 'Requested in test mode: its calls are simulated and free' }),
    createdAt: described(Instant, 'When it was requested'),
    endedAt: described(Nullable(Instant), 'When it was completed or failed; null before that'),
  },
  { $id: 'CallJob', description: 'A request to call one number. It may take several calls.' },
)
export type CallJob = Static<typeof CallJob>

export const CallJobPage = Paginated(CallJob)

/** `GET /call-requests` */
export const ListCallJobsQuery = Type.Object(
  { ...PaginationQuery.properties, status: Type.Optional(described(JobStatus, 'Only jobs in this status')) },
  { additionalProperties: false },
)
/** As a client sends it: parameters with a default are optional. */
export type ListCallJobsQuery = Partial<Static<typeof ListCallJobsQuery>>
