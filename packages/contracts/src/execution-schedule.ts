import { type Static, Type } from '@sinclair/typebox'
import { ExecutionStatus } from './execution.ts'
import { described, Instant, Nullable, Uuid } from './scalars.ts'

/** `GET /program-executions/:id/schedule` */
export const ExecutionSchedule = Type.Object(
  {
    executionId: described(Uuid, 'The execution’s id'),
    status: ExecutionStatus,
    waitingFor: Nullable(
      Type.String({ description: 'What it waits for, in one sentence; null while calls are being started, and once it has ended' }),
    ),
    nextCallsAt: described(
      Nullable(Instant),
      'When the next contact may be called, as things are now: this instant if one may be called at once; null if nobody waits, while the execution is paused, and if the time never comes',
    ),
    pausesAt: described(Nullable(Instant), 'When the next pause window begins, or the present one began; null without one'),
    opensAt: described(Nullable(Instant), 'When the present pause window ends; null outside of one, and in one without an end'),
    endsAt: described(
      Nullable(Instant),
      'When the execution stops at the latest; null if it ends with its last contact, and once it has ended',
    ),
    nextRetries: Type.Array(
      Type.Object({
        from: described(Instant, 'The beginning of the quarter of an hour'),
        contacts: Type.Integer({ description: 'Contacts whose retry falls due in it' }),
      }),
      {
        description:
          'Retries that wait, by quarter of an hour, the next 96 quarters that have any. Those that are overdue stand in the quarter in which they fell due',
      },
    ),
  },
  { $id: 'ExecutionSchedule', description: 'What comes next in an execution.' },
)
export type ExecutionSchedule = Static<typeof ExecutionSchedule>
