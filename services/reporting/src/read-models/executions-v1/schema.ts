import type { ExecutionStatus } from '@carillon/contracts/execution'
import type { PauseWindows } from '@carillon/contracts/program'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import { instant } from '@carillon/service-kit/postgres/columns'
import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { FlowNode } from '../../domain/execution.ts'

export const executions = pgTable('executions', {
  executionId: uuid('execution_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  programId: uuid('program_id').notNull(),
  programName: text('program_name').notNull(),
  audienceId: uuid('audience_id').notNull(),
  flowId: uuid('flow_id').notNull(),
  flowVersion: integer('flow_version').notNull(),
  flowName: text('flow_name').notNull(),
  nodes: jsonb('nodes').$type<readonly FlowNode[]>().notNull(),
  didPool: jsonb('did_pool').$type<readonly string[]>().notNull(),
  retryStrategy: jsonb('retry_strategy').$type<RetryStrategy>().notNull(),
  pauseWindows: jsonb('pause_windows').$type<PauseWindows>(),
  timezone: text('timezone').notNull(),
  scheduledStartAt: instant('scheduled_start_at').notNull(),
  scheduledStopAt: instant('scheduled_stop_at'),
  launchedAt: instant('launched_at').notNull(),
  hasPositions: boolean('has_positions').notNull(),
  isTest: boolean('is_test').notNull(),
  settingsRevision: integer('settings_revision').notNull(),
})

export const executionSteps = pgTable(
  'execution_steps',
  {
    executionId: uuid('execution_id').notNull(),
    position: bigint('position', { mode: 'number' }).notNull(),
    revision: integer('revision').notNull(),
    at: instant('at').notNull(),
    status: text('status').$type<ExecutionStatus>(),
    /** A JSON array of `ContactsAt`. */
    steps: text('steps').notNull(),
  },
  (table) => [primaryKey({ columns: [table.executionId, table.position, table.revision] })],
)
