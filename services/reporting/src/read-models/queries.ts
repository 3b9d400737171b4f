import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ListOrder, Slice } from '@carillon/service-kit/postgres/list-order'
import type { AttemptStats } from '../domain/attempt-stats.ts'
import type { CallCost, ExecutionBilling, NodeTypeBilling } from '../domain/billing.ts'
import type { Call, CallEnd } from '../domain/call.ts'
import type { Execution } from '../domain/execution.ts'
import type { DigitBreakdown, NodeStats } from '../domain/node-stats.ts'

/** What reports ask of the calls. Every version of the read model answers it. */
export interface CallQueries {
  attemptStatsOf(orm: Orm, executionId: string): Promise<AttemptStats[]>
  /** Oldest first. */
  callOrder: ListOrder<Call>
  listCalls(orm: Orm, executionId: string, slice: Slice): Promise<Call[]>
  /** How calls ended, by call id. Calls that are still going on are left out. */
  endsOfCalls(orm: Orm, callIds: readonly string[]): Promise<Map<string, CallEnd>>
  /** The nodes that calls of an execution have run, by id. */
  nodeStatsOf(orm: Orm, executionId: string): Promise<NodeStats[]>
  /** What callers pressed at each node of an execution, by node id. The most frequent inputs come first. */
  digitBreakdownsOf(orm: Orm, executionId: string): Promise<Map<string, DigitBreakdown>>
}

/** What reports ask of the executions. Every version of the read model answers it. */
export interface ExecutionQueries {
  /** An execution of the organization, or undefined if it has none with that id. */
  findExecution(orm: Orm, organizationId: string, executionId: string): Promise<Execution | undefined>
}

/** What reports ask of the costs. Every version of the read model answers it. */
export interface BillingQueries {
  /** What an execution has cost so far: zero if no call of it was rated. */
  billingOf(orm: Orm, executionId: string): Promise<ExecutionBilling>
  nodeTypeBillingOf(orm: Orm, executionId: string): Promise<NodeTypeBilling[]>
  /** What calls cost, in micro-credits, by call id. Calls that are not rated are left out. */
  costsOfCalls(orm: Orm, callIds: readonly string[]): Promise<Map<string, bigint>>
  /** The most expensive calls of an execution, the most expensive one first. Calls that cost nothing are left out. */
  costliestCalls(orm: Orm, executionId: string, limit: number): Promise<CallCost[]>
}
