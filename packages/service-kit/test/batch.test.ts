import { sql } from 'drizzle-orm'
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
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { insertRows, updateRows } from '../src/postgres/batch.ts'
import { credits, instant } from '../src/postgres/columns.ts'
import type { Database } from '../src/postgres/database.ts'
import { openFixture } from './support/fixture.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

const samples = pgTable('samples', {
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

const accounts = pgTable('accounts', {
  id: integer('id').primaryKey(),
  owner: text('owner').notNull(),
  balance: credits('balance').notNull(),
  entries: integer('entries').notNull().default(1),
  revision: integer('revision').notNull().default(0),
})

const parts = pgTable('parts', { id: integer('id').notNull(), place: integer('place').notNull(), note: text('note') }, (table) => [
  primaryKey({ columns: [table.id, table.place] }),
])

let fixture: Awaited<ReturnType<typeof openFixture>>
let database: Database
beforeAll(async () => {
  fixture = await openFixture()
  database = (await fixture.replica()).deps.database
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
})
afterAll(() => fixture.close())
beforeEach(() => database.sql`truncate samples, accounts, parts`)

type Sample = typeof samples.$inferSelect
const nobody = { owner: 'nobody', entries: 1, revision: 0 }
const idOf = (n: number) => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

const empty: Omit<Sample, 'id'> = {
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

async function stored(): Promise<Sample[]> {
  return database.orm.select().from(samples).orderBy(samples.id)
}

const accountRows = () => database.sql`select id, owner, balance, entries, revision from accounts order by id`

test('no rows are no statement', async () => {
  const nowhere = { sql: undefined as never }
  expect(await insertRows(nowhere, accounts, [])).toBe(0)
  expect(await insertRows(nowhere, accounts, [], { returning: ['id'] })).toEqual([])
  expect(await updateRows(nowhere, accounts, [], { key: ['id'] })).toBe(0)
})

test('rows come back as they were given, whatever is in them', async () => {
  const texts = [
    '',
    ' ',
    'null',
    'NULL',
    '"',
    '\\',
    '\\"',
    'a,b',
    '{a,b}',
    '{}',
    'line\nbreak\r\n',
    '\t',
    "o'clock",
    '$1',
    'é 漢 🚀',
    '\\N',
    '\u0001',
  ]
  const rows: Sample[] = texts.map((text, n) => ({
    ...empty,
    id: idOf(n),
    name: text,
    document: { [text]: [text, null, 1.5, true, {}] },
    verbatim: [text],
    tags: [text, 'x', text],
  }))
  await insertRows(database, samples, rows)
  expect(await stored()).toEqual(rows)
})

test('each type keeps its whole range', async () => {
  const rows: Sample[] = [
    { ...empty, id: idOf(1) },
    {
      id: idOf(2),
      name: 'x',
      short: '12345',
      small: -32_768,
      whole: 2_147_483_647,
      large: Number.MAX_SAFE_INTEGER,
      huge: 9_007_199_254_740_991n,
      real: 1e-300,
      amount: '-99999999999999.999999',
      flag: false,
      at: new Date('2026-01-01T00:00:00.001Z'),
      document: [],
      verbatim: 0,
      tags: [],
      ids: [idOf(7), idOf(8)],
      data: Buffer.from([0, 1, 92, 34, 255]),
    },
    {
      ...empty,
      id: idOf(3),
      real: Infinity,
      flag: true,
      at: new Date(0),
      document: '',
      verbatim: false,
      data: Buffer.alloc(0),
      tags: ['a', 'NULL'],
    },
  ]
  await insertRows(database, samples, rows)
  expect((await stored()).map((row) => ({ ...row, huge: row.huge === null ? null : BigInt(row.huge) }))).toEqual(rows)
})

test('a row of nulls alone is a row', async () => {
  await insertRows(database, samples, [{ ...empty, id: idOf(1) }])
  expect(await stored()).toEqual([{ ...empty, id: idOf(1) }])
})

test('the kind of the first value does not matter', async () => {
  const flags = [null, true, null, false]
  for (const first of [0, 1, 2, 3]) {
    await database.sql`truncate samples`
    const rows = [...flags.slice(first), ...flags.slice(0, first)].map((flag, n) => ({ ...empty, id: idOf(n), flag }))
    await insertRows(database, samples, rows)
    expect(await stored()).toEqual(rows)
  }
})

test('a value that does not fit is refused, not cut or moved to another row', async () => {
  const row = { ...empty, id: idOf(1) }
  await expect(insertRows(database, samples, [{ ...row, short: '123456' }])).rejects.toThrow('value too long')
  await expect(insertRows(database, samples, [{ ...row, small: 32_768 }])).rejects.toThrow('out of range')
  await expect(insertRows(database, samples, [{ ...row, amount: '100000000000000' }])).rejects.toThrow('overflow')
  await expect(insertRows(database, samples, [{ ...row, id: `${idOf(1)},${idOf(2)}` }])).rejects.toThrow(
    'invalid input syntax for type uuid',
  )
  await expect(insertRows(database, samples, [{ ...row, whole: '1,2' as never }])).rejects.toThrow('invalid input syntax for type integer')
  await expect(insertRows(database, samples, [{ ...row, name: {} as never }])).rejects.toThrow(
    'a batch cannot write a value of type object',
  )
  expect(await stored()).toEqual([])
})

test('random rows come back as they were given', async () => {
  const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null })
  const storable = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''))
  // drizzle reads a document that is a string as JSON once more, hence the array.
  const documents = fc
    .jsonValue({ maxDepth: 3, stringUnit: 'grapheme' })
    .map((value) => [JSON.parse(JSON.stringify(value).replaceAll('\\u0000', ''))])
  const row = fc.record({
    name: maybe(storable),
    short: maybe(fc.string({ maxLength: 5, unit: 'grapheme-ascii' })),
    small: maybe(fc.integer({ min: -32_768, max: 32_767 })),
    whole: maybe(fc.integer()),
    large: maybe(fc.maxSafeInteger()),
    huge: fc.constant(null),
    real: maybe(fc.double().map((value) => value + 0)),
    amount: maybe(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }).map((value) => `${value}.000000`)),
    flag: maybe(fc.boolean()),
    at: maybe(fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })),
    document: documents,
    verbatim: documents,
    tags: maybe(fc.array(storable)),
    ids: maybe(fc.array(fc.uuid())),
    data: maybe(fc.uint8Array().map((value) => Buffer.from(value))),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (given) => {
      await database.sql`truncate samples`
      const rows = given.map((values, n) => ({ ...values, id: idOf(n) }))
      await insertRows(database, samples, rows)
      expect(await stored()).toEqual(rows)
    }),
    { numRuns: 60 },
  )
})

test('columns that are not named take their defaults', async () => {
  await insertRows(database, accounts, [{ id: 1, owner: 'a', balance: '5' }], { columns: ['id', 'owner', 'balance'] })
  expect(await accountRows()).toEqual([{ id: 1, owner: 'a', balance: '5.000000', entries: 1, revision: 0 }])
})

test('a row whose key is taken is an error unless a conflict is expected', async () => {
  await insertRows(database, accounts, [{ ...nobody, id: 1, balance: '5' }])
  await expect(insertRows(database, accounts, [{ ...nobody, id: 1, balance: '7' }])).rejects.toThrow('duplicate key')
})

test.each([['skip' as const], [{ key: ['id' as const] }]])('rows whose key is taken are skipped with %j', async (onConflict) => {
  await insertRows(database, accounts, [{ ...nobody, id: 1, balance: '5' }])
  const rows = [1, 2, 2].map((id) => ({ ...nobody, id, balance: '7' }))
  expect(await insertRows(database, accounts, rows, { onConflict, returning: ['id'] })).toEqual([{ id: 2 }])
  expect(await insertRows(database, accounts, rows, { onConflict })).toBe(0)
  expect((await accountRows()).map((row) => row.balance)).toEqual(['5.000000', '7.000000'])
})

test('a conflict replaces, adds and computes what it is told to, and keeps the rest', async () => {
  const write = (balance: string, revision: number, owner: string) =>
    insertRows(database, accounts, [{ id: 1, owner, balance, entries: 2, revision }], {
      onConflict: {
        key: ['id'],
        replace: ['owner'],
        add: ['balance', 'entries'],
        set: { revision: 'greatest(stored.revision, excluded.revision)' },
      },
      returning: ['balance', 'revision', 'owner'],
    })
  await write('1.5', 7, 'a')
  expect(await write('2.25', 3, 'b')).toEqual([{ balance: '3.750000', revision: 7, owner: 'b' }])
  expect(await accountRows()).toEqual([{ id: 1, owner: 'b', balance: '3.750000', entries: 4, revision: 7 }])
})

test('a conflict with a condition leaves the stored row alone where it is not met', async () => {
  const write = (revision: number, owner: string) =>
    insertRows(database, accounts, [{ ...nobody, id: 1, balance: '0', revision, owner }], {
      onConflict: { key: ['id'], replace: ['owner', 'revision'], where: 'stored.revision < excluded.revision' },
    })
  expect([await write(2, 'a'), await write(1, 'b'), await write(3, 'c')]).toEqual([1, 0, 1])
  expect(await accountRows()).toMatchObject([{ owner: 'c', revision: 3 }])
})

test('rows come back with the types of the table', async () => {
  const rows = [{ ...empty, id: idOf(1), huge: 5n, at: new Date(5), tags: ['a'], document: { a: 1 } }]
  expect(await insertRows(database, samples, rows, { returning: ['huge', 'at', 'tags', 'document', 'name'] })).toEqual([
    { huge: 5n, at: new Date(5), tags: ['a'], document: { a: 1 }, name: null },
  ])
})

test('an update sets what its rows give, finds its row by all columns of the key, and counts', async () => {
  await insertRows(
    database,
    accounts,
    [1, 2, 3].map((id) => ({ ...nobody, id, owner: `o${id}`, balance: '1' })),
  )
  const rows = [
    { id: 1, owner: 'o1', balance: '5' },
    { id: 2, owner: 'someone else', balance: '6' },
    { id: 9, owner: 'o9', balance: '7' },
  ]
  expect(
    await updateRows(database, accounts, rows, { key: ['id', 'owner'], columns: ['id', 'owner', 'balance'], returning: ['id'] }),
  ).toEqual([{ id: 1 }])
  expect((await accountRows()).map((row) => row.balance)).toEqual(['5.000000', '1.000000', '1.000000'])
})

test('an update sets expressions of the stored and the given row, where its condition holds', async () => {
  await insertRows(
    database,
    accounts,
    [1, 2].map((id) => ({ ...nobody, id, balance: '1', revision: id })),
  )
  const rows = [1, 2].map((id) => ({ id, balance: '10', revision: 2 }))
  const written = await updateRows(database, accounts, rows, {
    key: ['id'],
    columns: ['id', 'balance', 'revision'],
    set: { balance: 'given.balance + stored.balance', owner: `'set ' || given.revision` },
    where: 'stored.revision < given.revision',
  })
  expect(written).toBe(1)
  expect(await accountRows()).toMatchObject([
    { balance: '11.000000', owner: 'set 2', revision: 2 },
    { balance: '1.000000', owner: 'nobody', revision: 2 },
  ])
})

test('an update writes every type', async () => {
  await insertRows(database, samples, [{ ...empty, id: idOf(1) }])
  const row: Sample = {
    ...empty,
    id: idOf(1),
    flag: true,
    at: new Date(1),
    document: { a: '\n"' },
    verbatim: [1],
    tags: ['"', '\\', ','],
    name: '}',
  }
  await updateRows(database, samples, [row], { key: ['id'] })
  expect(await stored()).toEqual([row])
})

test('partitioned tables are written through their parent', async () => {
  const rows = [5, 105].map((place) => ({ id: 1, place, note: `at ${place}` }))
  const upsert = () => insertRows(database, parts, rows, { onConflict: { key: ['id', 'place'], replace: ['note'] } })
  expect([await upsert(), await upsert()]).toEqual([2, 2])
  expect(await updateRows(database, parts, [{ id: 1, place: 105, note: 'new' }], { key: ['id', 'place'] })).toBe(1)
  expect(await database.sql`select note from parts order by place`).toEqual([{ note: 'at 5' }, { note: 'new' }])
})

test('a batch rolls back with its transaction', async () => {
  const work = database.transaction(async (tx) => {
    await insertRows(tx, accounts, [{ ...nobody, id: 1, balance: '1' }])
    throw new Error('changed my mind')
  })
  await expect(work).rejects.toThrow('changed my mind')
  expect(await accountRows()).toEqual([])
})

test('batches of any size and content share one prepared statement of a connection', async () => {
  await database.transaction(async (tx) => {
    for (const count of [1, 2, 50]) {
      const rows = Array.from({ length: count }, (_, n) => ({
        ...empty,
        id: idOf(1000 * count + n),
        flag: n % 2 === 0 ? null : true,
        huge: 1n,
      }))
      await insertRows(tx, samples, rows, { onConflict: { key: ['id'] } })
    }
    const prepared = await tx.orm.execute(
      sql`select 1 from pg_prepared_statements where statement like 'insert into "samples" as stored%do nothing'`,
    )
    expect(prepared).toHaveLength(1)
  })
})

test('a column that the table does not have is named', async () => {
  const rows = [{ ...nobody, id: 1, balance: '1' }]
  await expect(insertRows(database, accounts, rows, { columns: ['colour' as 'id'] })).rejects.toThrow('accounts has no column colour')
})
