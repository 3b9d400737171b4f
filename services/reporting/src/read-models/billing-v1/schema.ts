import type { RatedNode } from '@carillon/contracts/billing-events'
import { credits } from '@carillon/service-kit/postgres/columns'
import { bigint, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

export const callCosts = pgTable('call_costs', {
  callId: uuid('call_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  executionId: uuid('execution_id'),
  contactId: uuid('contact_id'),
  durationMs: bigint('duration_ms', { mode: 'number' }),
  totalCost: credits('total_cost').notNull(),
  nodes: json('nodes').$type<readonly RatedNode[]>().notNull(),
})

export const executionBilling = pgTable('execution_billing', {
  executionId: uuid('execution_id').primaryKey(),
  totalCost: credits('total_cost').notNull(),
  billableCalls: bigint('billable_calls', { mode: 'number' }).notNull(),
})

export const nodeTypeBilling = pgTable(
  'node_type_billing',
  {
    executionId: uuid('execution_id').notNull(),
    nodeType: text('node_type').notNull(),
    totalCost: credits('total_cost').notNull(),
    executions: bigint('executions', { mode: 'number' }).notNull(),
    totalDurationMs: bigint('total_duration_ms', { mode: 'number' }),
  },
  (table) => [primaryKey({ columns: [table.executionId, table.nodeType] })],
)
