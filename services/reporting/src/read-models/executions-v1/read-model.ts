import type { ExecutionQueries } from '../queries.ts'
import type { ReadModel } from '../read-model.ts'
import { findLaunch } from './executions.ts'
import { executionsProjection } from './projection.ts'
import { executionSteps, executions } from './schema.ts'
import { firstAfter, progressOf, reached } from './steps.ts'

const queries: ExecutionQueries = { findLaunch, reached, firstAfter, progressOf }

export const executionsV1 = {
  projection: executionsProjection,
  tables: [executions, executionSteps],
  queries,
} satisfies ReadModel & { queries: ExecutionQueries }
