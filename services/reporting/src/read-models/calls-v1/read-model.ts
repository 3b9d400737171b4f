import type { CallQueries } from '../queries.ts'
import type { ReadModel } from '../read-model.ts'
import { attemptStatsOf } from './attempt-stats.ts'
import { callOrder, endsOfCalls, listCalls } from './calls.ts'
import { digitBreakdownsOf, nodeStatsOf } from './node-stats.ts'
import { callsProjection } from './projection.ts'
import { attemptStats, callEnds, callEvents, calls, digitStats, nodeStats, parkedCallEvents } from './schema.ts'

const queries: CallQueries = { attemptStatsOf, callOrder, listCalls, endsOfCalls, nodeStatsOf, digitBreakdownsOf }

export const callsV1 = {
  projection: callsProjection,
  tables: [calls, callEnds, callEvents, parkedCallEvents, attemptStats, nodeStats, digitStats],
  queries,
} satisfies ReadModel & { queries: CallQueries }
