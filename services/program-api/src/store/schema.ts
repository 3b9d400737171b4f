import type { FlowGraph } from '@carillon/call-flow/graph'
import type { ContactTriggerStatus } from '@carillon/contracts/contact-trigger'
import type { AttributeType } from '@carillon/contracts/custom-attribute'
import type { DidStatus } from '@carillon/contracts/did'
import type { AutoPauseRule, CallingHours, Pacing, PauseWindows, ProgramMode, ProgramStatus } from '@carillon/contracts/program'
import type { RetryStrategy } from '@carillon/contracts/retry-strategy'
import type { Variables } from '@carillon/contracts/scalars'
import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { instant } from '@carillon/service-kit/postgres/columns'
import type { Static } from '@sinclair/typebox'
import { boolean, integer, json, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'

/** The tables for drizzle's query builder. The migrations create them. */

export const contacts = pgTable(
  'contacts',
  {
    organizationId: uuid('organization_id').notNull(),
    id: uuid('id').notNull(),
    phone: text('phone').notNull(),
    firstName: text('first_name'),
    lastName: text('last_name'),
    attributes: jsonb('attributes').$type<Static<typeof Variables>>().notNull(),
    importId: uuid('import_id'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
)

export const customAttributes = pgTable('custom_attributes', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  slug: text('slug').notNull(),
  displayName: text('display_name').notNull(),
  type: text('type').$type<AttributeType>().notNull(),
  createdAt: instant('created_at').notNull(),
})

export const audiences = pgTable('audiences', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const audienceContacts = pgTable(
  'audience_contacts',
  { audienceId: uuid('audience_id').notNull(), contactId: uuid('contact_id').notNull() },
  (table) => [primaryKey({ columns: [table.audienceId, table.contactId] })],
)

export const contactImports = pgTable('contact_imports', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  audienceId: uuid('audience_id'),
  status: text('status').$type<'running' | 'completed' | 'failed'>().notNull(),
  rows: integer('rows').notNull().default(0),
  created: integer('created').notNull().default(0),
  updated: integer('updated').notNull().default(0),
  duplicates: integer('duplicates').notNull().default(0),
  rejected: integer('rejected').notNull().default(0),
  warned: integer('warned').notNull().default(0),
  startedAt: instant('started_at').notNull(),
  endedAt: instant('ended_at'),
})

export const importRejections = pgTable('import_rejections', {
  importId: uuid('import_id').notNull(),
  line: integer('line').notNull(),
  reason: text('reason').notNull(),
  value: text('value').notNull(),
})

export const importWarnings = pgTable('import_warnings', {
  importId: uuid('import_id').notNull(),
  line: integer('line').notNull(),
  ordinal: smallint('ordinal').notNull(),
  column: text('column_name'),
  reason: text('reason').notNull(),
  value: text('value').notNull(),
})

export const flows = pgTable('flows', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  latestVersion: integer('latest_version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  deletedAt: instant('deleted_at'),
})

export const flowVersions = pgTable(
  'flow_versions',
  {
    flowId: uuid('flow_id').notNull(),
    version: integer('version').notNull(),
    name: text('name').notNull(),
    graph: json('graph').$type<FlowGraph>().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.flowId, table.version] })],
)

export const dids = pgTable('dids', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id'),
  number: text('number').notNull(),
  country: text('country').notNull(),
  status: text('status').$type<DidStatus>().notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const programs = pgTable('programs', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  name: text('name').notNull(),
  mode: text('mode').$type<ProgramMode>().notNull(),
  status: text('status').$type<ProgramStatus>().notNull(),
  audienceId: uuid('audience_id').notNull(),
  flowId: uuid('flow_id').notNull(),
  triggerCondition: jsonb('trigger_condition').$type<TriggerCondition>(),
  startAt: instant('start_at').notNull(),
  stopAt: instant('stop_at'),
  didIds: uuid('did_ids').array().notNull(),
  retryStrategy: jsonb('retry_strategy').$type<RetryStrategy>().notNull(),
  pauseWindows: jsonb('pause_windows').$type<PauseWindows>(),
  autoPauseRules: jsonb('auto_pause_rules').$type<AutoPauseRule[]>(),
  timezone: text('timezone'),
  callingHours: jsonb('calling_hours').$type<CallingHours>(),
  pacing: jsonb('pacing').$type<Pacing>(),
  amd: boolean('amd'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const liveExecutions = pgTable('live_executions', {
  executionId: uuid('execution_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  programId: uuid('program_id').notNull(),
  triggerCondition: jsonb('trigger_condition').$type<TriggerCondition>().notNull(),
  timezone: text('timezone').notNull(),
  launchedAt: instant('launched_at').notNull(),
  seededAfter: uuid('seeded_after').notNull(),
  isSeeded: boolean('is_seeded').notNull(),
  hasEnded: boolean('has_ended').notNull(),
})

export const contactTriggers = pgTable('contact_triggers', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  programId: uuid('program_id').notNull(),
  executionId: uuid('execution_id').notNull(),
  contactId: uuid('contact_id').notNull(),
  contactName: text('contact_name'),
  contactPhone: text('contact_phone').notNull(),
  triggerAt: instant('trigger_at').notNull(),
  attributeValue: text('attribute_value').notNull(),
  status: text('status').$type<ContactTriggerStatus>().notNull(),
  sentAt: instant('sent_at'),
  triggeredAt: instant('triggered_at'),
  createdAt: instant('created_at').notNull(),
})

export const programExecutions = pgTable('program_executions', {
  executionId: uuid('execution_id').primaryKey(),
  programId: uuid('program_id').notNull(),
  isLive: boolean('is_live').notNull(),
  revision: integer('revision').notNull(),
})

export const dncEntries = pgTable('dnc_entries', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  phone: text('phone').notNull(),
  reason: text('reason'),
  source: text('source').notNull(),
  expiresAt: instant('expires_at'),
  createdAt: instant('created_at').notNull(),
})
