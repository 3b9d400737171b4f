import { type CallEvent, callSubjectOf, sequencedCallEvents } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { foldCallEvents } from '../../domain/call-batch.ts'
import { logEnds } from '../figure-log.ts'
import { addCallEvents, loadPositions, parkCallEvents } from './call-events.ts'
import { addFigures, moveRead } from './call-figures.ts'
import { addCallEnds, addCalls } from './calls.ts'
import { callFigures } from './schema.ts'

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
  async apply(tx, lane, events) {
    const callIds = new Set(events.map((event) => event.data.callId))
    const executionIds = new Set(events.flatMap(({ data }) => (data.executionId === null ? [] : [data.executionId])))
    const ends = await logEnds(tx, callFigures, [...executionIds])
    const batch = foldCallEvents(await loadPositions(tx, [...callIds]), events, ends)
    await addCalls(tx, batch.started)
    await addCallEnds(tx, batch.ended)
    await addCallEvents(tx, batch.newEvents)
    await parkCallEvents(tx, batch.parked)
    await addFigures(tx, ends, batch.changes)
    await moveRead(tx, lane, Math.max(...events.map(({ position }) => position)))
  },
}
