import { fromIso } from '@carillon/contracts/instant'
import { TriggersFired } from '@carillon/contracts/trigger-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { noteFired } from '../store/contact-triggers.ts'

/** Follows which triggers the orchestrator has fired. */
export const triggersProjection: Projection<TriggersFired> = {
  name: 'fired-triggers',
  stream: 'PROGRAMS',
  types: 'execution.triggers_fired',
  schemas: [TriggersFired],
  subjectOf: ({ data }) => data.executionId,
  async apply(tx, _lane, events) {
    for (const { time, data } of events) {
      const ids = data.triggers.map(({ triggerId }) => triggerId)
      await noteFired(tx, data.audienceId, ids, new Date(fromIso(time)))
    }
  },
}
