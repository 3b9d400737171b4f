import { databaseUrls, prepareDatabase, withDatabase } from '@carillon/dev-stack/databases'
import { emptyDatabase } from '@carillon/testing/database'
import { fromTestRun } from '@carillon/testing/slot'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DatabaseUrls } from '../src/databases.ts'
import { serviceNames } from '../src/service-names.ts'

let database: { urls: DatabaseUrls; drop(): Promise<void> }

beforeAll(async () => {
  database = await emptyDatabase()
  await as('billing', (sql) => sql`create table ledger as select 1 as entry`)
})

afterAll(() => database.drop())

async function as<T>(service: keyof DatabaseUrls, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(database.urls[service], { max: 1, onnotice: () => {} })
  try {
    return await run(sql)
  } finally {
    await sql.end()
  }
}

test.each(serviceNames)('%s works in its own schema without naming it', async (service) => {
  const [row] = await as(service, (sql) => sql`select current_schema() as schema, current_user as role`)
  const schema = service.replace('-', '_')
  expect(row).toEqual({ schema, role: `carillon_${schema}` })
})

test('a role reads nothing of another service', async () => {
  await expect(as('reporting', (sql) => sql`select * from billing.ledger`)).rejects.toThrow('permission denied for schema billing')
})

test('a role creates nothing in another schema, nor in the public one', async () => {
  await expect(as('reporting', (sql) => sql`create table billing.mine ()`)).rejects.toThrow('permission denied for schema billing')
  await expect(as('reporting', (sql) => sql`create table public.mine ()`)).rejects.toThrow('permission denied for schema public')
})

test('preparing a database again keeps what it holds', async () => {
  const serverUrl = fromTestRun('TEST_DATABASE_URL')
  const { pathname } = new URL(database.urls.billing)
  const rolePasswords = Object.fromEntries(
    serviceNames.map((service) => [service, new URL(database.urls[service]).password]),
  ) as DatabaseUrls
  const urls = await prepareDatabase(serverUrl, { database: pathname.slice(1), rolePasswords })
  expect(urls).toEqual(databaseUrls(withDatabase(serverUrl, pathname.slice(1)), rolePasswords))
  expect(await as('billing', (sql) => sql`select entry from ledger`)).toEqual([{ entry: 1 }])
})
