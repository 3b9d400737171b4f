import { CallEnded, CallNotDialed, CallStarted, callSubjectOf } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import type { Lanes } from '../dispatch/lanes.ts'
import type { CallFact } from '../domain/call-facts.ts'

const tickMs = 100

/** Follows the calls of executions. Its tick starts what is due while no event arrives. */
export function callsProjection(lanes: Lanes): Projection<CallFact> {
  return {
    name: 'calls',
    stream: 'CALLS',
    gatherMs: 60,
    types: 'call.>',
    schemas: [CallStarted, CallEnded, CallNotDialed],
    subjectOf: callSubjectOf,
    apply: (tx, lane, facts) => lanes.apply(tx, lane, facts),
    onLaneAcquired: (lane) => lanes.forget(lane),
    tick: { everyMs: tickMs, run: (lane, guarded) => lanes.tick(lane, guarded) },
  }
}
