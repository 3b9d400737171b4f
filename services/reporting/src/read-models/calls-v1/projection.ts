import {
  CallAnswered,
  CallDialed,
  CallEnded,
  type CallEvent,
  CallRinging,
  CallStarted,
  NodeExecuted,
} from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { foldCallEvents } from '../../domain/call-batch.ts'
import { addAttemptStats } from './attempt-stats.ts'
import { addChapters, loadKnownCalls, parkCallEvents } from './call-events.ts'
import { addCallEnds, addCalls } from './calls.ts'
import { addDigitStats, addNodeStats } from './node-stats.ts'

/**
 * Calls, and how they and their nodes are counted. Every event that a call's `seq` counts is followed, so that a gap is seen as one;
 * `call.not_dialed` is passed over: it is no call.
 */
export const callsProjection: Projection<CallEvent> = {
  name: 'calls-v1',
  stream: 'CALLS',
  gatherMs: 500,
  schemas: [CallStarted, CallDialed, CallRinging, CallAnswered, NodeExecuted, CallEnded],
  async apply(tx, _lane, events) {
    const callIds = new Set(events.map((event) => event.data.callId))
    const batch = foldCallEvents(await loadKnownCalls(tx, [...callIds]), events)
    await addCalls(tx, batch.started)
    await addCallEnds(tx, batch.ended)
    await addChapters(tx, batch.chapters)
    await parkCallEvents(tx, batch.parked)
    await addAttemptStats(tx, batch.attempts)
    await addNodeStats(tx, batch.nodes)
    await addDigitStats(tx, batch.digits)
  },
}
