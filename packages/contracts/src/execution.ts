import { type Static, Type } from '@sinclair/typebox'
import { AutoPauseRule } from './program.ts'
import { Instant, Nullable, Uuid } from './scalars.ts'

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
export const ExecutionStatus = Type.Union(executionStatuses.map((status) => Type.Literal(status)))
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

/** Answer of every `/program-executions` route (`contactsSkipped`: contract rule 9). */
export const ExecutionResponse = Type.Object(
  {
    id: Uuid,
    programId: Uuid,
    organizationId: Uuid,
    audienceId: Uuid,
    flowId: Uuid,
    status: ExecutionStatus,
    test: Type.Boolean({ description: 'Launched in test mode: its calls are simulated and free' }),
    totalContacts: Type.Integer(),
    contactsCompleted: Type.Integer(),
    contactsFailed: Type.Integer(),
    contactsPending: Type.Integer({ description: 'pending and pending_retry' }),
    contactsInProgress: Type.Integer({ description: 'queued and calling' }),
    contactsSkipped: Type.Integer(),
    scheduledStartAt: Instant,
    scheduledStopAt: Type.Optional(Instant),
    actualStartAt: Type.Optional(Instant),
    actualEndAt: Type.Optional(Instant),
    autoPauseRules: Type.Optional(Nullable(Type.Array(AutoPauseRule))),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'ExecutionResponse' },
)
export type ExecutionResponse = Static<typeof ExecutionResponse>

export const LaunchResponse = Type.Object({ executionId: Uuid }, { $id: 'LaunchResponse' })
export type LaunchResponse = Static<typeof LaunchResponse>

/** `PATCH /program-executions/:id/resume` */
export const ResumeExecutionRequest = Type.Object(
  { autoPauseRules: Type.Optional(Nullable(Type.Array(AutoPauseRule, { maxItems: 50 }))) },
  { $id: 'ResumeExecutionRequest', additionalProperties: false },
)
export type ResumeExecutionRequest = Static<typeof ResumeExecutionRequest>
