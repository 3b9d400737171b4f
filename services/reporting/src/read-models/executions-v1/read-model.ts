import type { ExecutionQueries } from '../queries.ts'
import type { ReadModel } from '../read-model.ts'
import { findExecution } from './executions.ts'
import { executionsProjection } from './projection.ts'
import { executionProgress, executions } from './schema.ts'

const queries: ExecutionQueries = { findExecution }

export const executionsV1 = {
  projection: executionsProjection,
  tables: [executions, executionProgress],
  queries,
} satisfies ReadModel & { queries: ExecutionQueries }
