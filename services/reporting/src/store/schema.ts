import type { ContactCounts, ExecutionStatus } from '@carillon/contracts/execution'
import type { FlowOutcome, Outcome, PauseWindows, RetryStrategy } from '@carillon/contracts/program'
import { bigint, integer, jsonb, numeric, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { FlowNode } from '../domain/execution.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
const count = (name: string) => bigint(name, { mode: 'number' })
const credits = (name: string) => numeric(name, { precision: 20, scale: 6 })

export const calls = pgTable('calls', {
  callId: uuid('call_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  executionId: uuid('execution_id'),
  jobId: uuid('job_id'),
  programId: uuid('program_id'),
  contactId: uuid('contact_id'),
  attempt: integer('attempt').notNull(),
  from: text('from_number').notNull(),
  to: text('to_number').notNull(),
  direction: text('direction').$type<'inbound' | 'outbound'>().notNull(),
  startedAt: instant('started_at').notNull(),
})

export const callEnds = pgTable('call_ends', {
  callId: uuid('call_id').primaryKey(),
  answeredAt: instant('answered_at'),
  endedAt: instant('ended_at').notNull(),
  outcome: text('outcome').$type<Outcome>().notNull(),
  outcomeReason: text('outcome_reason').notNull(),
  flowOutcome: text('flow_outcome').$type<FlowOutcome>().notNull(),
  durationMs: bigint('duration_ms', { mode: 'number' }),
})

export const attemptStats = pgTable('attempt_stats', {
  executionId: uuid('execution_id').notNull(),
  attempt: integer('attempt').notNull(),
  started: count('started').notNull(),
  answered: count('answered').notNull(),
  voicemail: count('voicemail').notNull(),
  noAnswer: count('no_answer').notNull(),
  busy: count('busy').notNull(),
  rejected: count('rejected').notNull(),
  failed: count('failed').notNull(),
  flowCompleted: count('flow_completed').notNull(),
  connectedDurationMs: count('connected_duration_ms').notNull(),
})

export const nodeStats = pgTable('node_stats', {
  executionId: uuid('execution_id').notNull(),
  nodeId: text('node_id').notNull(),
  nodeType: text('node_type').notNull(),
  nodeLabel: text('node_label'),
  uniqueCalls: count('unique_calls').notNull(),
  totalExecutions: count('total_executions').notNull(),
})

export const executions = pgTable('executions', {
  executionId: uuid('execution_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  programId: uuid('program_id').notNull(),
  programName: text('program_name').notNull(),
  audienceId: uuid('audience_id').notNull(),
  flowId: uuid('flow_id').notNull(),
  flowVersion: integer('flow_version').notNull(),
  flowName: text('flow_name').notNull(),
  nodes: jsonb('nodes').$type<FlowNode[]>().notNull(),
  didPool: jsonb('did_pool').$type<string[]>().notNull(),
  retryStrategy: jsonb('retry_strategy').$type<RetryStrategy>().notNull(),
  pauseWindows: jsonb('pause_windows').$type<PauseWindows>(),
  timezone: text('timezone').notNull(),
  scheduledStartAt: instant('scheduled_start_at').notNull(),
  scheduledStopAt: instant('scheduled_stop_at'),
  launchedAt: instant('launched_at').notNull(),
})

export const executionProgress = pgTable('execution_progress', {
  executionId: uuid('execution_id').primaryKey(),
  status: text('status').$type<ExecutionStatus>(),
  statusRevision: integer('status_revision').notNull(),
  counts: jsonb('counts').$type<ContactCounts>().notNull(),
  countsRevision: integer('counts_revision').notNull(),
  actualStartAt: instant('actual_start_at'),
  actualEndAt: instant('actual_end_at'),
})

export const callCosts = pgTable('call_costs', {
  callId: uuid('call_id').primaryKey(),
  executionId: uuid('execution_id'),
  contactId: uuid('contact_id'),
  durationMs: bigint('duration_ms', { mode: 'number' }),
  totalCost: credits('total_cost').notNull(),
})

export const executionBilling = pgTable('execution_billing', {
  executionId: uuid('execution_id').primaryKey(),
  totalCost: credits('total_cost').notNull(),
  billableCalls: count('billable_calls').notNull(),
})

export const nodeTypeBilling = pgTable('node_type_billing', {
  executionId: uuid('execution_id').notNull(),
  nodeType: text('node_type').notNull(),
  totalCost: credits('total_cost').notNull(),
  executions: count('executions').notNull(),
  totalDurationMs: bigint('total_duration_ms', { mode: 'number' }),
})
