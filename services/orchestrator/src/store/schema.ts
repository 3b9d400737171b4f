import { jobFailures, jobStatuses } from '@carillon/contracts/call-request'
import { contactStatuses, executionStatuses, type PausedBy } from '@carillon/contracts/execution'
import { skipReasons } from '@carillon/contracts/execution-contact'
import type { Outcome } from '@carillon/contracts/outcome'
import type { AutoPauseRule, CallingHours, PauseWindows } from '@carillon/contracts/program'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { instant } from '@carillon/service-kit/postgres/columns'
import { bigint, boolean, doublePrecision, integer, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import type { ContactSnapshot } from '../domain/dial-order.ts'
import type { ExecutionPlan } from '../domain/execution.ts'
import type { JobPlan } from '../domain/job.ts'
import type { NodeCounter } from '../domain/node-counters.ts'

/** The columns of a plan: the launch fixes them. */
export const planColumns = {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  programId: uuid('program_id').notNull(),
  programName: text('program_name').notNull(),
  audienceId: uuid('audience_id').notNull(),
  flowId: uuid('flow_id').notNull(),
  flowVersion: integer('flow_version').notNull(),
  flowName: text('flow_name').notNull(),
  nodes: jsonb('nodes').$type<ExecutionPlan['nodes']>().notNull(),
  dids: jsonb('dids').$type<ExecutionPlan['dids']>().notNull(),
  retryStrategy: jsonb('retry_strategy').$type<RetryStrategy>().notNull(),
  pauseWindows: jsonb('pause_windows').$type<PauseWindows>(),
  callingHours: jsonb('calling_hours').$type<CallingHours>(),
  timezone: text('timezone').notNull(),
  zones: text('zones').array().notNull(),
  maxConcurrentCalls: integer('max_concurrent_calls').notNull(),
  callsPerSecond: doublePrecision('calls_per_second'),
  amd: boolean('amd'),
  isTest: boolean('is_test').notNull(),
  lane: smallint('lane').notNull(),
  scheduledStartAt: instant('scheduled_start_at').notNull(),
  scheduledStopAt: instant('scheduled_stop_at'),
  totalContacts: integer('total_contacts').notNull(),
  triggerCondition: jsonb('trigger_condition').$type<TriggerCondition>(),
  createdAt: instant('created_at').notNull(),
}

/** The columns of a state. */
export const stateColumns = {
  status: text('status', { enum: executionStatuses }).notNull(),
  revision: integer('revision').notNull(),
  pending: integer('pending').notNull(),
  queued: integer('queued').notNull(),
  calling: integer('calling').notNull(),
  pendingRetry: integer('pending_retry').notNull(),
  completed: integer('completed').notNull(),
  failed: integer('failed').notNull(),
  skipped: integer('skipped').notNull(),
  position: bigint('position', { mode: 'number' }).notNull(),
  didCursor: integer('did_cursor').notNull(),
  actualStartAt: instant('actual_start_at'),
  actualEndAt: instant('actual_end_at'),
  nodeCounters: jsonb('node_counters').$type<NodeCounter[]>().notNull(),
  pausedBy: jsonb('paused_by').$type<PausedBy>(),
  settled: boolean('settled').notNull(),
}

export const executions = pgTable('executions', {
  ...planColumns,
  ...stateColumns,
  autoPauseRules: jsonb('auto_pause_rules').$type<AutoPauseRule[]>(),
  updatedAt: instant('updated_at').notNull(),
})

export const executionContacts = pgTable('execution_contacts', {
  executionId: uuid('execution_id').notNull(),
  contactId: uuid('contact_id').notNull(),
  phone: text('phone').notNull(),
  firstName: text('first_name'),
  lastName: text('last_name'),
  attributes: jsonb('attributes').$type<ContactSnapshot['attributes']>().notNull(),
  status: text('status', { enum: contactStatuses }).notNull(),
  attempt: smallint('attempt').notNull(),
  isRetry: boolean('is_retry').notNull(),
  dueAt: instant('due_at'),
  callId: uuid('call_id'),
  didNumber: text('did_number'),
  orderNotAfter: instant('order_not_after'),
  zone: text('zone').notNull(),
  skipReason: text('skip_reason', { enum: skipReasons }),
})

/** Triggers of live programs that have come due, and those that have fired. */
export const dueTriggers = pgTable('due_triggers', {
  triggerId: uuid('trigger_id').primaryKey(),
  executionId: uuid('execution_id').notNull(),
  contactId: uuid('contact_id').notNull(),
  phone: text('phone').notNull(),
  firstName: text('first_name'),
  lastName: text('last_name'),
  attributes: jsonb('attributes').$type<ContactSnapshot['attributes']>().notNull(),
  triggerAt: instant('trigger_at').notNull(),
  hasFired: boolean('has_fired').notNull(),
})

/** Runs of nodes with an auto-pause rule that were counted. */
export const countedRuns = pgTable('counted_runs', {
  executionId: uuid('execution_id').notNull(),
  callId: uuid('call_id').notNull(),
  seq: integer('seq').notNull(),
})

/** Requests to call one number. */
export const callJobs = pgTable('call_jobs', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  isTest: boolean('is_test').notNull(),
  lane: smallint('lane').notNull(),
  to: text('to_number').notNull(),
  from: text('from_number').notNull(),
  contactId: uuid('contact_id'),
  flowId: uuid('flow_id').notNull(),
  flowVersion: integer('flow_version').notNull(),
  flowName: text('flow_name').notNull(),
  variables: jsonb('variables').$type<JobPlan['variables']>().notNull(),
  retryStrategy: jsonb('retry_strategy').$type<RetryStrategy>().notNull(),
  pauseWindows: jsonb('pause_windows').$type<PauseWindows>(),
  callingHours: jsonb('calling_hours').$type<CallingHours>(),
  timezone: text('timezone').notNull(),
  amd: boolean('amd'),
  expiresAt: instant('expires_at'),
  createdAt: instant('created_at').notNull(),
  status: text('status', { enum: contactStatuses }).notNull(),
  jobStatus: text('job_status', { enum: jobStatuses }).notNull(),
  failureReason: text('failure_reason', { enum: jobFailures }),
  outcome: text('outcome').$type<Outcome>(),
  attempt: smallint('attempt').notNull(),
  dueAt: instant('due_at'),
  callId: uuid('call_id'),
  orderNotAfter: instant('order_not_after'),
  isCancelled: boolean('is_cancelled').notNull(),
  endedAt: instant('ended_at'),
})

/** Numbers that an organization must not call. */
export const dncNumbers = pgTable('dnc_numbers', {
  organizationId: uuid('organization_id').notNull(),
  phone: text('phone').notNull(),
  expiresAt: instant('expires_at'),
})

export const balances = pgTable('balances', {
  organizationId: uuid('organization_id').primaryKey(),
  hasCredits: boolean('has_credits').notNull(),
  entryCount: bigint('entry_count', { mode: 'number' }).notNull(),
})
