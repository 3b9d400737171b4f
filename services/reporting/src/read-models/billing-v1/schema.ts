import type { RatedNode } from '@carillon/contracts/billing-events'
import { credits } from '@carillon/service-kit/postgres/columns'
import { bigint, json, pgTable, uuid } from 'drizzle-orm/pg-core'
import { figureTable } from '../figure-log.ts'

export const callCosts = pgTable('call_costs', {
  callId: uuid('call_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  executionId: uuid('execution_id'),
  contactId: uuid('contact_id'),
  durationMs: bigint('duration_ms', { mode: 'number' }),
  totalCost: credits('total_cost').notNull(),
  position: bigint('position', { mode: 'number' }).notNull(),
  nodes: json('nodes').$type<readonly RatedNode[]>().notNull(),
})

export const costFigures = figureTable('cost_figures')
