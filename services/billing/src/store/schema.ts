import type { LedgerEntryType } from '@carillon/contracts/billing'
import type { RateUnit } from '@carillon/contracts/billing-events'
import { credits, instant } from '@carillon/service-kit/postgres/columns'
import { bigint, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { CallFact, ExecutedNode } from '../domain/call.ts'

/** A rate as `rate_cards.rates` holds it. */
export interface StoredRate {
  unit: RateUnit
  costPerUnitMicros: number
  minDurationMs: number | null
  incrementMs: number | null
}

export const rateCards = pgTable(
  'rate_cards',
  {
    organizationId: uuid('organization_id').notNull(),
    version: integer('version').notNull(),
    effectiveFrom: instant('effective_from').notNull(),
    rates: jsonb('rates').$type<Record<string, StoredRate>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.version] })],
)

export const accounts = pgTable('accounts', {
  organizationId: uuid('organization_id').primaryKey(),
  balance: credits('balance').notNull(),
  entryCount: bigint('entry_count', { mode: 'number' }).notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const ledger = pgTable('ledger', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  number: bigint('number', { mode: 'number' }).notNull(),
  type: text('type').$type<LedgerEntryType>().notNull(),
  amount: credits('amount').notNull(),
  balanceAfter: credits('balance_after').notNull(),
  callId: uuid('call_id'),
  executionId: uuid('execution_id'),
  reason: text('reason'),
  at: instant('at').notNull(),
})

export const unchargedCalls = pgTable('uncharged_calls', {
  callId: uuid('call_id').primaryKey(),
  /** Real time. */
  storedAt: instant('stored_at').notNull().defaultNow(),
})

export const openCalls = pgTable('open_calls', {
  callId: uuid('call_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  executionId: uuid('execution_id'),
  startedAt: instant('started_at'),
  lastSeq: integer('last_seq').notNull(),
  nodes: jsonb('nodes').$type<readonly ExecutedNode[]>().notNull(),
  parked: jsonb('parked').$type<readonly CallFact[]>().notNull(),
})
