import { type Static, Type } from '@sinclair/typebox'
import { acceptsNull } from './optional-null.ts'
import { AutoPauseRule, Pacing } from './program.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'

export const executionStatuses = [
  'scheduled',
  'running',
  'paused',
  'paused_no_credits',
  'paused_threshold',
  'completed',
  'stopped',
  'cancelled',
] as const
export const ExecutionStatus = Type.Union(
  executionStatuses.map((status) => Type.Literal(status)),
  {
    description:
      '`scheduled`: the start lies ahead. `paused`: by a user. `paused_no_credits`: the balance is used up. `paused_threshold`: by a rule. `completed`: every contact is done. `stopped`: at its `stopAt`. `cancelled`: by a user',
  },
)
export type ExecutionStatus = (typeof executionStatuses)[number]

/** Statuses that an execution never leaves. */
export const terminalStatuses = ['completed', 'stopped', 'cancelled'] as const satisfies readonly ExecutionStatus[]

export function isTerminal(status: ExecutionStatus): boolean {
  return terminalStatuses.some((terminal) => terminal === status)
}

export const contactStatuses = ['pending', 'queued', 'calling', 'pending_retry', 'completed', 'failed', 'skipped'] as const
export type ContactStatus = (typeof contactStatuses)[number]
export const ContactStatus = Type.Union(contactStatuses.map((status) => Type.Literal(status)))

/** Contacts of an execution by status. Their sum is `totalContacts` at every instant (contract rule 9). */
export const ContactCounts = Type.Object({
  pending: Type.Integer(),
  queued: Type.Integer(),
  calling: Type.Integer(),
  pendingRetry: Type.Integer(),
  completed: Type.Integer(),
  failed: Type.Integer(),
  skipped: Type.Integer(),
})
export type ContactCounts = Static<typeof ContactCounts>

export const PausedBy = Type.Object(
  {
    nodeId: Type.String({ description: 'The node of the rule' }),
    threshold: Type.Integer({ description: 'The threshold of the rule' }),
    count: Type.Integer({ description: 'How often the node had run when the rule paused the execution' }),
  },
  { 'x-schema': 'PausedBy', description: 'The auto-pause rule that paused an execution.' },
)
export type PausedBy = Static<typeof PausedBy>

/** Answer of every `/program-executions` route (`contactsSkipped`: contract rule 9). */
export const ExecutionResponse = Type.Object(
  {
    id: described(Uuid, 'The execution’s id'),
    programId: described(Uuid, 'The program that was launched'),
    organizationId: described(Uuid, 'The organization that the execution belongs to'),
    audienceId: described(Uuid, 'The audience whose contacts were copied at the launch'),
    flowId: described(Uuid, 'The flow that runs on each call, in the version of the launch'),
    status: ExecutionStatus,
    test: Type.Boolean({ description: 'Launched in test mode: its calls are simulated and free' }),
    totalContacts: Type.Integer({
      description:
        'Contacts of the audience at the launch; of a live program, those whose trigger has fired. The sum of the five counts that follow',
    }),
    contactsCompleted: Type.Integer({ description: 'Contacts that were reached' }),
    contactsFailed: Type.Integer({ description: 'Contacts that were not reached and are not called again' }),
    contactsPending: Type.Integer({ description: 'Contacts that wait for their first call or for a retry' }),
    contactsInProgress: Type.Integer({ description: 'Contacts that are being called, or whose call is queued' }),
    contactsSkipped: Type.Integer({ description: 'Contacts that are not called: the execution ended before, or they may not be called' }),
    scheduledStartAt: described(Instant, 'The program’s `startAt` at the launch'),
    scheduledStopAt: Type.Optional(
      described(Instant, 'When it stops: the program’s `stopAt` at the launch, or a later change; absent without one'),
    ),
    pacing: described(Pacing, 'How fast it calls: what the program, its organization or the platform says, or a later change'),
    actualStartAt: Type.Optional(described(Instant, 'When calls began; absent before that')),
    actualEndAt: Type.Optional(described(Instant, 'When the execution ended; absent before that')),
    autoPauseRules: Type.Optional(described(Nullable(Type.Array(AutoPauseRule)), 'Rules that pause the execution by itself')),
    pausedBy: Type.Optional(described(PausedBy, 'The rule that paused the execution; only while it is `paused_threshold`')),
    autoPauseCounters: Type.Optional(
      Type.Array(
        Type.Object({
          nodeId: Type.String({ description: 'The node of a rule' }),
          count: Type.Integer({ description: 'How often it has run, over all calls, since the launch or since the counter was reset' }),
        }),
        { description: 'A counter for each auto-pause rule; absent without rules, and once the execution has ended' },
      ),
    ),
    createdAt: described(Instant, 'When the program was launched'),
    updatedAt: described(Instant, 'When the execution last changed'),
  },
  { $id: 'ExecutionResponse', description: 'One launch of a program.' },
)
export type ExecutionResponse = Static<typeof ExecutionResponse>

export const LaunchResponse = Type.Object(
  { executionId: described(Uuid, 'The new execution. Its reports can be read at once') },
  { $id: 'LaunchResponse', description: 'What a launch made.' },
)
export type LaunchResponse = Static<typeof LaunchResponse>

/** `PATCH /program-executions/:id` */
export const UpdateExecutionRequest = Type.Object(
  {
    pacing: Type.Optional(
      described(
        acceptsNull(Pacing),
        'How fast it calls from now on. What is not sent keeps its value; `callsPerSecond: null` takes the limit away',
      ),
    ),
    stopAt: Type.Optional(
      described(Nullable(Instant), 'When it stops, after its start and ahead of now; null: when every contact is done'),
    ),
  },
  {
    $id: 'UpdateExecutionRequest',
    description: 'Changes of an execution that has not ended.',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ pacing: { maxConcurrentCalls: 20 } }, { stopAt: '2099-03-01T18:00:00Z' }],
  },
)
export type UpdateExecutionRequest = Static<typeof UpdateExecutionRequest>

/** `PATCH /program-executions/:id/resume` */
export const ResumeExecutionRequest = Type.Object(
  {
    autoPauseRules: Type.Optional(
      described(
        Nullable(Type.Array(AutoPauseRule, { maxItems: 50 })),
        'Replaces the rules that pause the execution by itself, one rule a node at most; absent, they stay',
      ),
    ),
  },
  {
    $id: 'ResumeExecutionRequest',
    description: 'How an execution goes on.',
    additionalProperties: false,
    examples: [{ autoPauseRules: [{ nodeId: 'menu', threshold: 1_000, resetOnResume: true }] }],
  },
)
export type ResumeExecutionRequest = Static<typeof ResumeExecutionRequest>
