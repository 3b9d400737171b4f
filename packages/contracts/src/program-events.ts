import { type Static, Type } from '@sinclair/typebox'
import { message } from './envelope.ts'
import { ContactCounts, ContactStatus, ExecutionStatus, PausedBy } from './execution.ts'
import { TestFlag } from './identity.ts'
import { Pacing, PauseWindows, ProgramResponse } from './program.ts'
import { RetryStrategy } from './retry-strategy.ts'
import { Nullable } from './scalars.ts'
import { TriggerCondition } from './trigger-condition.ts'

export const ProgramCreated = message('program.created', Type.Object({ program: ProgramResponse }))
export type ProgramCreated = Static<typeof ProgramCreated>
export const ProgramUpdated = message('program.updated', Type.Object({ program: ProgramResponse }))
export type ProgramUpdated = Static<typeof ProgramUpdated>
export const ProgramDeleted = message('program.deleted', Type.Object({ programId: Type.String() }))
export type ProgramDeleted = Static<typeof ProgramDeleted>

/**
 * `revision` numbers the events of one execution 1, 2, 3…, so that a second delivery is recognized. `position` is that of the last event of the execution's
 * calls which the orchestrator had read, 0 before the first: what it says is based on them. It never falls. Absent in events of before it was added.
 */
const subject = {
  executionId: Type.String(),
  revision: Type.Integer({ minimum: 1 }),
  position: Type.Optional(Type.Integer({ minimum: 0 })),
}

/** An execution was launched. Holds what reports show of the program, as it was at the launch. */
export const ExecutionLaunched = message(
  'execution.launched',
  Type.Object({
    ...subject,
    programId: Type.String(),
    programName: Type.String(),
    status: ExecutionStatus,
    audienceId: Type.String(),
    flowId: Type.String(),
    flowVersion: Type.Integer(),
    flowName: Type.String(),
    nodes: Type.Array(Type.Object({ id: Type.String(), type: Type.String(), label: Type.Optional(Type.String()) })),
    didPool: Type.Array(Type.String(), { description: 'Numbers' }),
    retryStrategy: RetryStrategy,
    pauseWindows: Nullable(PauseWindows),
    timezone: Type.String(),
    scheduledStartAt: Type.String(),
    scheduledStopAt: Nullable(Type.String()),
    totalContacts: Type.Integer(),
    counts: ContactCounts,
    /** Only of a live program: when its contacts are called. */
    triggerCondition: Type.Optional(TriggerCondition),
    /** Only of a launch in test mode. */
    test: TestFlag,
  }),
)
export type ExecutionLaunched = Static<typeof ExecutionLaunched>

const lifecycle = Type.Object({
  ...subject,
  status: ExecutionStatus,
  counts: ContactCounts,
  /** The rule and its count; only with the status `paused_threshold`. */
  pausedBy: Type.Optional(PausedBy),
})

export const ExecutionStarted = message('execution.started', lifecycle)
export const ExecutionPaused = message('execution.paused', lifecycle)
export const ExecutionResumed = message('execution.resumed', lifecycle)
export const ExecutionCompleted = message('execution.completed', lifecycle)
export const ExecutionStopped = message('execution.stopped', lifecycle)
export const ExecutionCancelled = message('execution.cancelled', lifecycle)
/** Somebody changed how fast an execution calls, or when it stops. */
export const ExecutionChanged = message(
  'execution.changed',
  Type.Object({ ...lifecycle.properties, scheduledStopAt: Nullable(Type.String()), pacing: Pacing }),
)
export type ExecutionChanged = Static<typeof ExecutionChanged>

export type ExecutionLifecycle =
  | Static<typeof ExecutionStarted>
  | Static<typeof ExecutionPaused>
  | Static<typeof ExecutionResumed>
  | Static<typeof ExecutionCompleted>
  | Static<typeof ExecutionStopped>
  | Static<typeof ExecutionCancelled>

/**
 * New statuses of contacts, in order, and the number of contacts in each status after them. `steps` are the numbers on the way there: the position of an
 * event of a call, and the number of contacts in each status after it, in the order of `contactStatuses`.
 */
export const ExecutionContactsChanged = message(
  'execution.contacts_changed',
  Type.Object({
    ...subject,
    counts: ContactCounts,
    steps: Type.Optional(Type.Array(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 8, maxItems: 8 }))),
    changes: Type.Array(
      Type.Object({
        contactId: Type.String(),
        status: ContactStatus,
        callId: Nullable(Type.String()),
        attempt: Type.Integer(),
        dueAt: Nullable(Type.String()),
      }),
    ),
  }),
)
export type ExecutionContactsChanged = Static<typeof ExecutionContactsChanged>

export const ExecutionEvent = Type.Union([
  ExecutionLaunched,
  ExecutionStarted,
  ExecutionPaused,
  ExecutionResumed,
  ExecutionCompleted,
  ExecutionStopped,
  ExecutionCancelled,
  ExecutionChanged,
  ExecutionContactsChanged,
])
export type ExecutionEvent = Static<typeof ExecutionEvent>
