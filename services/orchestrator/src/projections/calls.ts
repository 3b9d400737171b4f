import { CallEnded, CallNotDialed, CallStarted, callSubjectOf, NodeExecuted } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import type { Lanes } from '../dispatch/lanes.ts'
import type { CallFact } from '../domain/call-facts.ts'
import type { NodeRun } from '../domain/node-counters.ts'

const tickMs = 100

/** Follows the calls of executions, and the nodes that they run. Its tick starts what is due while no event arrives. */
export function callsProjection(lanes: Lanes): Projection<CallFact | NodeRun> {
  return {
    name: 'calls',
    stream: 'CALLS',
    gatherMs: 60,
    schemas: [CallStarted, CallEnded, CallNotDialed, NodeExecuted],
    subjectOf: callSubjectOf,
    apply: (tx, lane, events) => lanes.apply(tx, lane, events),
    onLaneAcquired: (lane) => lanes.forget(lane),
    tick: { everyMs: tickMs, run: (lane, guarded) => lanes.tick(lane, guarded) },
  }
}
