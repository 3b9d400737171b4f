import { instant } from '@carillon/service-kit/postgres/columns'
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'

/** `dialing`: under way; `expired` and `suppressed`: the carrier was never asked, as the time to call had passed or the number must not be called. */
export type CallState = 'dialing' | 'expired' | 'suppressed' | 'ended'

/** Every call that this service has ever taken on, as long as it is kept. */
export const dialJournal = pgTable('dial_journal', {
  callId: text('call_id').primaryKey(),
  state: text('state').$type<CallState>().notNull(),
  owner: text('owner').notNull(),
  claim: uuid('claim').notNull(),
  order: text('dial_order'),
  startedAt: instant('started_at').notNull(),
  dialedAt: instant('dialed_at'),
  answeredAt: instant('answered_at'),
  endedAt: instant('ended_at'),
  dialNodeId: text('dial_node_id'),
  lastSeq: integer('last_seq').notNull(),
  lastEventAt: instant('last_event_at').notNull(),
  executedNodes: integer('executed_nodes').notNull(),
})
