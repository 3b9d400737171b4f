import { TriggersCancelled, TriggersDue } from '@carillon/contracts/trigger-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { dropDueTriggers, keepDueTriggers } from '../store/due-triggers.ts'

/** Follows which triggers of live programs have come due. The lane of their execution fires them. */
export const triggersProjection: Projection<TriggersDue | TriggersCancelled> = {
  name: 'due-triggers',
  stream: 'PROGRAMS',
  types: 'trigger.>',
  schemas: [TriggersDue, TriggersCancelled],
  subjectOf: ({ data }) => data.executionId,
  async apply(tx, _lane, events) {
    for (const event of events) {
      if (event.type === 'trigger.due') await keepDueTriggers(tx, event.data)
      else await dropDueTriggers(tx, event.data.triggerIds)
    }
  },
}
