import { type Static, Type } from '@sinclair/typebox'
import { message } from './envelope.ts'
import { SnapshotContact } from './snapshot-contact.ts'

/*
 * Between program-api, which owns the triggers of contacts, and the orchestrator, which calls them. The lane is that of the execution, so that what is said of
 * one trigger stays in order.
 */

/** Triggers of a live execution have come due, each with its contact as it is now. One that is told again, before it has fired, replaces the earlier one. */
export const TriggersDue = message(
  'trigger.due',
  Type.Object({
    executionId: Type.String(),
    triggers: Type.Array(Type.Object({ triggerId: Type.String(), triggerAt: Type.String(), contact: SnapshotContact })),
  }),
)
export type TriggersDue = Static<typeof TriggersDue>

/** Triggers that were told as due are to fire no more, unless they have fired already. */
export const TriggersCancelled = message(
  'trigger.cancelled',
  Type.Object({ executionId: Type.String(), triggerIds: Type.Array(Type.String()) }),
)
export type TriggersCancelled = Static<typeof TriggersCancelled>

/** The orchestrator took the contacts into the execution, at the event's time. */
export const TriggersFired = message(
  'execution.triggers_fired',
  Type.Object({
    executionId: Type.String(),
    audienceId: Type.String(),
    triggers: Type.Array(Type.Object({ triggerId: Type.String(), contactId: Type.String() })),
  }),
)
export type TriggersFired = Static<typeof TriggersFired>
