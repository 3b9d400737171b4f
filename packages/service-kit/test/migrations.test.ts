import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyDatabase } from '@carillon/testing/database'
import postgres, { type Sql } from 'postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../src/postgres/migrations.ts'

let database: Awaited<ReturnType<typeof emptyDatabase>>
let directory: string
const connections: Sql[] = []
const connect = () => {
  const sql = postgres(database.urls.billing, { max: 1, onnotice: () => undefined })
  connections.push(sql)
  return sql
}
const write = (name: string, text: string) => writeFile(join(directory, name), text)

beforeEach(async () => {
  database = await emptyDatabase()
  directory = await mkdtemp(join(tmpdir(), 'migrations-'))
  await write('0001_first.sql', 'create table first (id integer); insert into first values (1);')
  await write('0002_second.sql', 'alter table first add column name text; create table second as select count(*) as n from outbox;')
})
afterEach(async () => {
  for (const sql of connections.splice(0)) await sql.end()
  await database.drop()
  await rm(directory, { recursive: true })
})

test("the kit's files run first, then the service's by number, each once", async () => {
  const sql = connect()
  const applied = await migrate(sql, directory)
  const own = applied.filter((name) => !name.startsWith('kit/'))
  expect(own).toEqual(['0001_first.sql', '0002_second.sql'])
  expect(applied).toEqual([...applied.slice(0, -own.length).sort(), ...own])
  expect(applied[0]).toBe('kit/0001_kit.sql')
  expect(await migrate(sql, directory)).toEqual([])
  expect(await sql`select id from first`).toEqual([{ id: 1 }])
})

test('a file that is added later runs alone', async () => {
  const sql = connect()
  await migrate(sql, directory)
  await write('0003_third.sql', 'create table third (id integer);')
  expect(await migrate(sql, directory)).toEqual(['0003_third.sql'])
})

test('a file that was changed after it had run is refused', async () => {
  const sql = connect()
  await migrate(sql, directory)
  await write('0001_first.sql', 'create table first (id bigint);')
  await write('0003_third.sql', 'create table third (id integer);')
  await expect(migrate(sql, directory)).rejects.toThrow('migration 0001_first.sql was changed after it had run')
  await expect(sql`select * from third`).rejects.toThrow('does not exist')
})

test('a file that fails is named, and nothing is left of those before it', async () => {
  const sql = connect()
  await write('0003_third.sql', 'create table third (id nonsense);')
  await expect(migrate(sql, directory)).rejects.toThrow('migration 0003_third.sql failed: type "nonsense" does not exist')
  await expect(sql`select * from first`).rejects.toThrow('does not exist')
})

test('replicas that start together run each file once', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(connect(), directory)))
  expect(applied.filter((files) => files.length > 0)).toHaveLength(1)
  expect(await connect()`select id from first`).toEqual([{ id: 1 }])
})

test('files of another kind are left alone', async () => {
  await write('README.md', 'not SQL')
  expect(await migrate(connect(), directory)).not.toContain('README.md')
})
