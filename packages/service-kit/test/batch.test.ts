import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { insertRows, updateRows } from '../src/postgres/batch.ts'
import type { Database } from '../src/postgres/database.ts'
import { accounts, emptySample, idOf, nobody, openBatchTables, parts, type Sample, samples } from './support/batch-tables.ts'

let tables: Awaited<ReturnType<typeof openBatchTables>>
let database: Database
beforeAll(async () => {
  tables = await openBatchTables()
  database = tables.database
})
afterAll(() => tables.close())
beforeEach(() => tables.empty())

test('columns that are not named take their defaults', async () => {
  await insertRows(database, accounts, [{ id: 1, owner: 'a', balance: '5' }], { columns: ['id', 'owner', 'balance'] })
  expect(await tables.storedAccounts()).toEqual([{ id: 1, owner: 'a', balance: '5.000000', entries: 1, revision: 0 }])
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
  expect((await tables.storedAccounts()).map((row) => row.balance)).toEqual(['5.000000', '7.000000'])
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
  expect(await tables.storedAccounts()).toEqual([{ id: 1, owner: 'b', balance: '3.750000', entries: 4, revision: 7 }])
})

test('a conflict with a condition leaves the stored row alone where it is not met', async () => {
  const write = (revision: number, owner: string) =>
    insertRows(database, accounts, [{ ...nobody, id: 1, balance: '0', revision, owner }], {
      onConflict: { key: ['id'], replace: ['owner', 'revision'], where: 'stored.revision < excluded.revision' },
    })
  expect([await write(2, 'a'), await write(1, 'b'), await write(3, 'c')]).toEqual([1, 0, 1])
  expect(await tables.storedAccounts()).toMatchObject([{ owner: 'c', revision: 3 }])
})

test('rows come back with the types of the table', async () => {
  const rows = [{ ...emptySample, id: idOf(1), huge: 5n, at: new Date(5), tags: ['a'], document: { a: 1 } }]
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
  expect((await tables.storedAccounts()).map((row) => row.balance)).toEqual(['5.000000', '1.000000', '1.000000'])
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
  expect(await tables.storedAccounts()).toMatchObject([
    { balance: '11.000000', owner: 'set 2', revision: 2 },
    { balance: '1.000000', owner: 'nobody', revision: 2 },
  ])
})

test('an update writes every type', async () => {
  await insertRows(database, samples, [{ ...emptySample, id: idOf(1) }])
  const row: Sample = {
    ...emptySample,
    id: idOf(1),
    flag: true,
    at: new Date(1),
    document: { a: '\n"' },
    verbatim: [1],
    tags: ['"', '\\', ','],
    name: '}',
  }
  await updateRows(database, samples, [row], { key: ['id'] })
  expect(await tables.storedSamples()).toEqual([row])
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
  expect(await tables.storedAccounts()).toEqual([])
})

test('batches of any size and content share one prepared statement of a connection', async () => {
  await database.transaction(async (tx) => {
    for (const count of [1, 2, 50]) {
      const rows = Array.from({ length: count }, (_, n) => ({
        ...emptySample,
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
