import { type CallEvent, callSubjectOf, sequencedCallEvents } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { foldCallEvents } from '../../domain/call-batch.ts'
import { addAttemptStats } from './attempt-stats.ts'
import { addCallEvents, loadPositions, parkCallEvents } from './call-events.ts'
import { addCallEnds, addCalls } from './calls.ts'
import { addDigitStats, addNodeStats } from './node-stats.ts'

/**
 * Calls, and the counts of calls and nodes. It follows every event that has a `seq`, so that it can see a gap. `call.not_dialed` is ignored:
 * there was no call.
 */
export const callsProjection: Projection<CallEvent> = {
  name: 'calls-v1',
  stream: 'CALLS',
  gatherMs: 500,
  schemas: sequencedCallEvents,
  subjectOf: callSubjectOf,
  async apply(tx, _lane, events) {
    const callIds = new Set(events.map((event) => event.data.callId))
    const batch = foldCallEvents(await loadPositions(tx, [...callIds]), events)
    await addCalls(tx, batch.started)
    await addCallEnds(tx, batch.ended)
    await addCallEvents(tx, batch.newEvents)
    await parkCallEvents(tx, batch.parked)
    await addAttemptStats(tx, batch.attempts)
    await addNodeStats(tx, batch.nodes)
    await addDigitStats(tx, batch.digits)
  },
}
