import type { Mode, Role } from '@carillon/contracts/identity'
import type { CallingHours, Pacing } from '@carillon/contracts/program'
import { instant } from '@carillon/service-kit/postgres/columns'
import { boolean, customType, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const organizations = pgTable('organizations', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  country: text('country').notNull(),
  timezone: text('timezone').notNull(),
  callingHours: jsonb('calling_hours').$type<CallingHours>(),
  pacing: jsonb('pacing').$type<Pacing>(),
  amd: boolean('amd'),
  isPlatform: boolean('is_platform').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const apiKeys = pgTable('api_keys', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<Role>().notNull(),
  mode: text('mode').$type<Mode>().notNull(),
  prefix: text('key_prefix').notNull(),
  hash: bytes('key_hash').notNull(),
  isConfigured: boolean('is_configured').notNull(),
  createdAt: instant('created_at').notNull(),
  revokedAt: instant('revoked_at'),
  lastUsedAt: instant('last_used_at'),
})
