import type { CallEvent } from '@carillon/contracts/call-events'
import type { FlowOutcome, Outcome } from '@carillon/contracts/outcome'
import { instant } from '@carillon/service-kit/postgres/columns'
import { bigint, integer, json, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { figureTable } from '../figure-log.ts'

const count = (name: string) => bigint(name, { mode: 'number' })

export const calls = pgTable('calls', {
  callId: uuid('call_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  executionId: uuid('execution_id'),
  jobId: uuid('job_id'),
  programId: uuid('program_id'),
  contactId: uuid('contact_id'),
  firstName: text('first_name'),
  lastName: text('last_name'),
  attempt: integer('attempt').notNull(),
  from: text('from_number').notNull(),
  to: text('to_number').notNull(),
  direction: text('direction').$type<'inbound' | 'outbound'>().notNull(),
  startedAt: instant('started_at').notNull(),
  position: count('position').notNull(),
  country: text('country'),
  localHour: smallint('local_hour'),
})

export const callEnds = pgTable('call_ends', {
  callId: uuid('call_id').primaryKey(),
  answeredAt: instant('answered_at'),
  endedAt: instant('ended_at').notNull(),
  outcome: text('outcome').$type<Outcome>().notNull(),
  outcomeReason: text('outcome_reason').notNull(),
  flowOutcome: text('flow_outcome').$type<FlowOutcome>().notNull(),
  durationMs: bigint('duration_ms', { mode: 'number' }),
  position: count('position').notNull(),
})

export const callEvents = pgTable(
  'call_events',
  {
    callId: uuid('call_id').notNull(),
    lastSeq: integer('last_seq').notNull(),
    events: text('events').notNull(),
    nodeKeys: text('node_keys').array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.lastSeq] })],
)

export const parkedCallEvents = pgTable(
  'parked_call_events',
  { callId: uuid('call_id').notNull(), seq: integer('seq').notNull(), event: json('event').$type<CallEvent>().notNull() },
  (table) => [primaryKey({ columns: [table.callId, table.seq] })],
)

export const callsRead = pgTable('calls_read', { lane: smallint('lane').primaryKey(), position: count('position').notNull() })

export const callFigures = figureTable('call_figures')

export const digitFigures = pgTable(
  'digit_figures',
  {
    executionId: uuid('execution_id').notNull(),
    step: integer('step').notNull(),
    nodeId: text('node_id').notNull(),
    digits: text('digits').notNull(),
    executions: count('executions').notNull(),
  },
  (table) => [primaryKey({ columns: [table.executionId, table.step, table.nodeId, table.digits] })],
)
