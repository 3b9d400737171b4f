import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { insertRows, updateRows } from '../src/postgres/batch.ts'
import type { Database } from '../src/postgres/database.ts'
import { accounts, emptySample, idOf, openBatchTables, type Sample, samples } from './support/batch-tables.ts'

let tables: Awaited<ReturnType<typeof openBatchTables>>
let database: Database
beforeAll(async () => {
  tables = await openBatchTables()
  database = tables.database
})
afterAll(() => tables.close())
beforeEach(() => tables.empty())

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
    ...emptySample,
    id: idOf(n),
    name: text,
    document: { [text]: [text, null, 1.5, true, {}] },
    verbatim: [text],
    tags: [text, 'x', text],
  }))
  await insertRows(database, samples, rows)
  expect(await tables.storedSamples()).toEqual(rows)
})

test('each type keeps its whole range', async () => {
  const rows: Sample[] = [
    { ...emptySample, id: idOf(1) },
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
      ...emptySample,
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
  expect((await tables.storedSamples()).map((row) => ({ ...row, huge: row.huge === null ? null : BigInt(row.huge) }))).toEqual(rows)
})

test('a row of nulls alone is a row', async () => {
  await insertRows(database, samples, [{ ...emptySample, id: idOf(1) }])
  expect(await tables.storedSamples()).toEqual([{ ...emptySample, id: idOf(1) }])
})

test('the kind of the first value does not matter', async () => {
  const flags = [null, true, null, false]
  for (const first of [0, 1, 2, 3]) {
    await database.sql`truncate samples`
    const rows = [...flags.slice(first), ...flags.slice(0, first)].map((flag, n) => ({ ...emptySample, id: idOf(n), flag }))
    await insertRows(database, samples, rows)
    expect(await tables.storedSamples()).toEqual(rows)
  }
})

test('a value that does not fit is refused, not cut or moved to another row', async () => {
  const row = { ...emptySample, id: idOf(1) }
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
  expect(await tables.storedSamples()).toEqual([])
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
      expect(await tables.storedSamples()).toEqual(rows)
    }),
    { numRuns: 60 },
  )
})
