import type { CallSort } from '@carillon/contracts/report-query'
import type { Segmentation } from '@carillon/contracts/report-segments'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ListOrder, Slice } from '@carillon/service-kit/postgres/list-order'
import type { SQL, SQLWrapper } from 'drizzle-orm'
import type { AttemptStats } from '../domain/attempt-stats.ts'
import type { CallBill, CallCost, ExecutionBilling, NodeTypeBilling } from '../domain/billing.ts'
import type { Call, CallEnd } from '../domain/call.ts'
import type { CallFilter } from '../domain/call-filter.ts'
import type { StoryEvent } from '../domain/call-story.ts'
import type { Happened } from '../domain/cut.ts'
import type { ExecutionProgress, Launch } from '../domain/execution.ts'
import type { DigitBreakdown, NodeStats } from '../domain/node-stats.ts'
import type { Segment } from '../domain/segments.ts'
import type { CallIds } from './call-ids.ts'

/*
 * A `position` is one of the calls' lane: what happened up to there is answered, and nothing that happened later.
 */

/** How far the calls of an execution were followed by others. */
export interface Followed {
  /** By the orchestrator: starts and ends of calls. */
  readonly contacts: number
  /** By billing: ends of calls. */
  readonly costs: number
}

/** Figures that one reading gives. */
export interface CallCounts {
  readonly attempts: AttemptStats[]
  /** The nodes that calls have run, by id. */
  readonly nodes: NodeStats[]
}

/** Costs that one reading gives. */
export interface CostCounts {
  /** Zero if no call was rated. */
  readonly total: ExecutionBilling
  readonly nodeTypes: NodeTypeBilling[]
}

/** Calls of an execution. */
export interface CallSelection {
  readonly executionId: string
  readonly position: number
  readonly filter: CallFilter
  /** What a call cost, in credits, by its id in the same statement: from the costs that are served. Null while it is not rated. */
  costOf(callId: SQLWrapper): SQL
}

/** A call with the number that its list is sorted by; 0 in a list that is sorted by time. */
export type ListedCall = Call & { readonly sortKey: number }

/** What reports ask of the calls. Every version of the read model answers it. */
export interface CallQueries {
  /** How far the lane of the execution was read. */
  reached(orm: Orm, executionId: string): Promise<number>
  /** The first start or end of a call that was read here and not followed by the others. */
  firstAwaited(orm: Orm, executionId: string, followed: Followed): Promise<Happened | undefined>
  /** The position that the execution's calls had reached at an instant; 0 before the first of them. */
  positionAt(orm: Orm, executionId: string, atMs: number): Promise<number>
  /** When the last of the execution's figures was added; null if there is none. */
  lastChangeAt(orm: Orm, executionId: string): Promise<number | null>
  countsOf(orm: Orm, executionId: string, position: number): Promise<CallCounts>
  callOrders: Readonly<Record<CallSort, ListOrder<ListedCall>>>
  /** In the order of `callOrders[sort]`. */
  listCalls(orm: Orm, selection: CallSelection, sort: CallSort, slice: Slice): Promise<ListedCall[]>
  countCalls(orm: Orm, selection: CallSelection): Promise<number>
  /** By what they have in common, the largest part first. Each call is in one part. */
  segmentsOf(orm: Orm, executionId: string, position: number, by: Segmentation): Promise<Segment[]>
  /** How calls ended, by call id. Calls that were still going on are left out. */
  endsOfCalls(orm: Orm, callIds: readonly string[], position: number): Promise<Map<string, CallEnd>>
  /** A call of the organization, or undefined if it has none with that id. */
  findCall(orm: Orm, organizationId: string, callId: string): Promise<Call | undefined>
  /** The calls of an organization’s job, in the order of their attempt. */
  callsOfJob(orm: Orm, organizationId: string, jobId: string): Promise<Call[]>
  /** The calls of an execution in the order of the export: by the contact's last name, those without one at the end, then by attempt. */
  callsByName(orm: Orm, selection: CallSelection): Promise<CallIds>
  /** Calls by id. */
  callsOf(orm: Orm, callIds: readonly string[]): Promise<Map<string, Call>>
  /** What was read of each call, in the order of `seq`, by call id. */
  eventsOfCalls(orm: Orm, callIds: readonly string[]): Promise<Map<string, StoryEvent[]>>
  /** What callers pressed at each node of an execution, by node id. The most frequent inputs come first. */
  digitBreakdownsOf(orm: Orm, executionId: string, position: number): Promise<Map<string, DigitBreakdown>>
}

/** What reports ask of the executions. Every version of the read model answers it. */
export interface ExecutionQueries {
  /** An execution of the organization, or undefined if it has none with that id. */
  findLaunch(orm: Orm, organizationId: string, executionId: string): Promise<Launch | undefined>
  /** How far the orchestrator had read the execution's calls when it last told of it; undefined if its events do not say so. */
  reached(orm: Orm, executionId: string): Promise<number | undefined>
  /** What the orchestrator told first beyond a position. */
  firstAfter(orm: Orm, executionId: string, position: number): Promise<Happened | undefined>
  /** With an instant: of what does not follow a call, only what had happened by then. */
  progressOf(orm: Orm, executionId: string, position: number, atMs?: number): Promise<ExecutionProgress>
}

/** What reports ask of the costs. Every version of the read model answers it. */
export interface BillingQueries {
  /** How far billing had read the execution's calls when it last rated one; 0 if it has rated none. */
  reached(orm: Orm, executionId: string): Promise<number>
  /** What was rated first beyond a position. */
  firstAfter(orm: Orm, executionId: string, position: number): Promise<Happened | undefined>
  costsOf(orm: Orm, executionId: string, position: number): Promise<CostCounts>
  /** What calls cost, in micro-credits, by call id. Calls that were not rated are left out. */
  costsOfCalls(orm: Orm, callIds: readonly string[], position: number): Promise<Map<string, bigint>>
  /** What a call cost up to a position, in credits: an expression for a statement in which `callId` stands. Null while it is not rated. */
  costOf(callId: SQLWrapper, position: number): SQL
  /** What calls cost, node by node, by call id. Calls that are not rated yet are left out. */
  billsOfCalls(orm: Orm, callIds: readonly string[]): Promise<Map<string, CallBill>>
  /** The most expensive calls of an execution, the most expensive one first. Calls that cost nothing are left out. */
  costliestCalls(orm: Orm, executionId: string, position: number, limit: number): Promise<CallCost[]>
}
