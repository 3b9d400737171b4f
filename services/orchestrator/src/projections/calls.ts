import { CallEnded, CallNotDialed, CallStarted, callSubjectOf, NodeExecuted } from '@carillon/contracts/call-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import type { Jobs } from '../dispatch/jobs.ts'
import type { Lanes } from '../dispatch/lanes.ts'
import type { CallFact } from '../domain/call-facts.ts'
import type { NodeRun } from '../domain/node-counters.ts'

const tickMs = 100

/** Follows the calls of executions and jobs, and the nodes that executions run. Its tick starts what is due while no event arrives. */
export function callsProjection(lanes: Lanes, jobs: Jobs): Projection<CallFact | NodeRun> {
  return {
    name: 'calls',
    stream: 'CALLS',
    gatherMs: 60,
    schemas: [CallStarted, CallEnded, CallNotDialed, NodeExecuted],
    subjectOf: callSubjectOf,
    async apply(tx, lane, events) {
      await lanes.apply(tx, lane, events)
      const facts = events.flatMap((event) => (event.type !== 'node.executed' && event.data.jobId !== null ? [event] : []))
      if (facts.length > 0) await jobs.apply(tx, facts)
    },
    onLaneAcquired: (lane) => lanes.forget(lane),
    tick: {
      everyMs: tickMs,
      async run(lane, guarded) {
        await lanes.tick(lane, guarded)
        await jobs.tick(lane, guarded)
      },
    },
  }
}
