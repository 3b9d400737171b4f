import type { CallQueries } from '../queries.ts'
import type { ReadModel } from '../read-model.ts'
import { eventsOfCalls } from './call-events.ts'
import { callsByName, callsOf } from './call-export.ts'
import { countsOf, digitBreakdownsOf, firstAwaited, lastChangeAt, positionAt, reached } from './call-figures.ts'
import { callOrders, countCalls, listCalls } from './call-list.ts'
import { segmentsOf } from './call-segments.ts'
import { callsOfJob, endsOfCalls, findCall } from './calls.ts'
import { callsProjection } from './projection.ts'
import { callEnds, callEvents, callFigures, calls, callsRead, digitFigures, parkedCallEvents } from './schema.ts'

const queries: CallQueries = {
  reached,
  firstAwaited,
  positionAt,
  lastChangeAt,
  countsOf,
  callOrders,
  listCalls,
  countCalls,
  segmentsOf,
  endsOfCalls,
  findCall,
  callsOfJob,
  callsByName,
  callsOf,
  eventsOfCalls,
  digitBreakdownsOf,
}

export const callsV1 = {
  projection: callsProjection,
  tables: [calls, callEnds, callEvents, parkedCallEvents, callsRead, callFigures, digitFigures],
  queries,
} satisfies ReadModel & { queries: CallQueries }
