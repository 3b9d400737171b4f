import { DncAdded, DncRemoved } from '@carillon/contracts/dnc-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { dropDncNumbers, keepDncNumbers } from '../store/dnc-numbers.ts'

/** Follows the organizations' do-not-call lists, so that a turn need not ask for each contact. The dialer bridge asks the list itself before it dials. */
export const doNotCallProjection: Projection<DncAdded | DncRemoved> = {
  name: 'do-not-call',
  stream: 'PROGRAMS',
  types: 'dnc.>',
  schemas: [DncAdded, DncRemoved],
  subjectOf: ({ organizationId }) => organizationId,
  async apply(tx, _lane, events) {
    for (const event of events) {
      if (event.type === 'dnc.added') await keepDncNumbers(tx, event.organizationId, event.data.entries)
      else await dropDncNumbers(tx, event.organizationId, event.data.phones)
    }
  },
}
