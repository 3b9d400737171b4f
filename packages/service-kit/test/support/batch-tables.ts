import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { credits, instant } from '../../src/postgres/columns.ts'
import { openFixture } from './fixture.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const samples = pgTable('samples', {
  id: uuid('id').primaryKey(),
  name: text('name'),
  short: varchar('short_name', { length: 5 }),
  small: smallint('small'),
  whole: integer('whole'),
  large: bigint('large', { mode: 'number' }),
  huge: bigint('huge', { mode: 'bigint' }),
  real: doublePrecision('real_number'),
  amount: credits('amount'),
  flag: boolean('flag'),
  at: instant('happened_at'),
  document: jsonb('document').$type<unknown>(),
  verbatim: json('verbatim').$type<unknown>(),
  tags: text('tags').array(),
  ids: uuid('ids').array(),
  data: bytes('data'),
})

export const accounts = pgTable('accounts', {
  id: integer('id').primaryKey(),
  owner: text('owner').notNull(),
  balance: credits('balance').notNull(),
  entries: integer('entries').notNull().default(1),
  revision: integer('revision').notNull().default(0),
})

export const parts = pgTable('parts', { id: integer('id').notNull(), place: integer('place').notNull(), note: text('note') }, (table) => [
  primaryKey({ columns: [table.id, table.place] }),
])

/** A database with these tables. */
export async function openBatchTables() {
  const fixture = await openFixture()
  const { database } = (await fixture.replica()).deps
  await database.sql`
    create table samples (
      id uuid primary key, name text, short_name varchar(5), small smallint, whole integer, large bigint, huge bigint,
      real_number double precision, amount numeric(20, 6), flag boolean, happened_at timestamptz, document jsonb, verbatim json, tags text[],
      ids uuid[], data bytea)`
  await database.sql`
    create table accounts (
      id integer primary key, owner text not null, balance numeric(20, 6) not null, entries integer not null default 1,
      revision integer not null default 0)`
  await database.sql`create table parts (id integer, place integer, note text, primary key (id, place)) partition by range (place)`
  await database.sql`create table parts_low partition of parts for values from (0) to (100)`
  await database.sql`create table parts_high partition of parts for values from (100) to (200)`
  return {
    database,
    empty: () => database.sql`truncate samples, accounts, parts`,
    storedSamples: (): Promise<Sample[]> => database.orm.select().from(samples).orderBy(samples.id),
    storedAccounts: () => database.sql`select id, owner, balance, entries, revision from accounts order by id`,
    close: () => fixture.close(),
  }
}

export type Sample = typeof samples.$inferSelect
export const nobody = { owner: 'nobody', entries: 1, revision: 0 }
export const idOf = (n: number) => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

/** A sample with nothing but its id. */
export const emptySample: Omit<Sample, 'id'> = {
  name: null,
  short: null,
  small: null,
  whole: null,
  large: null,
  huge: null,
  real: null,
  amount: null,
  flag: null,
  at: null,
  document: null,
  verbatim: null,
  tags: null,
  ids: null,
  data: null,
}
