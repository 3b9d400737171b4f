import type { LedgerEntryType } from '@carillon/contracts/billing'
import type { RateUnit } from '@carillon/contracts/billing-events'
import { bigint, integer, jsonb, numeric, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' }).notNull()
const credits = (name: string) => numeric(name, { precision: 20, scale: 6 }).notNull()

/** A rate as `rate_cards.rates` holds it. */
export interface StoredRate {
  unit: RateUnit
  costPerUnitMicros: number
  minDurationMs: number | null
  incrementMs: number | null
}

export const rateCards = pgTable('rate_cards', {
  organizationId: uuid('organization_id').notNull(),
  version: integer('version').notNull(),
  effectiveFrom: instant('effective_from'),
  rates: jsonb('rates').$type<Record<string, StoredRate>>().notNull(),
})

export const accounts = pgTable('accounts', {
  organizationId: uuid('organization_id').primaryKey(),
  balance: credits('balance'),
  entryCount: bigint('entry_count', { mode: 'number' }).notNull(),
  updatedAt: instant('updated_at'),
})

export const ledger = pgTable('ledger', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  number: bigint('number', { mode: 'number' }).notNull(),
  type: text('type').$type<LedgerEntryType>().notNull(),
  amount: credits('amount'),
  balanceAfter: credits('balance_after'),
  callId: uuid('call_id'),
  executionId: uuid('execution_id'),
  reason: text('reason'),
  at: instant('at'),
})
