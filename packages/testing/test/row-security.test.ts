import { type ServiceName, serviceNames } from '@carillon/contracts/services'
import type postgres from 'postgres'
import { expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../src/database.ts'

interface Column {
  name: string
  type: string
  isKey: boolean
}

interface Table {
  name: string
  /** What requests may do with it. */
  privileges: string[]
  isProtected: boolean
  columns: Column[]
}

/** An organization, and the id of everything that belongs to it. */
const organizations = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'] as const
/** The outbox takes messages from requests. They read only the id of the row that they have just written. */
const closedTables: Partial<Record<string, string[]>> = { outbox: ['INSERT'] }

async function tablesOf(sql: postgres.Sql): Promise<Table[]> {
  return sql<Table[]>`
    select class.relname as name, class.relrowsecurity as "isProtected",
      array(select privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as privilege
            where has_table_privilege(current_user || '_request', class.oid, privilege)) as privileges,
      (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, null), 'isKey', attnum = any(coalesce(
         (select indkey::int2[] from pg_index where indrelid = class.oid and indisprimary), '{}'))) order by attnum)
       from pg_attribute where attrelid = class.oid and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '') as columns
    from pg_class class
    where class.relnamespace = current_schema()::text::regnamespace and class.relkind in ('r', 'p')
    order by class.relname`
}

/** Rules that need values with a meaning are dropped: this database is thrown away. */
async function dropConstraints(sql: postgres.Sql): Promise<void> {
  const rows = await sql<{ table: string; name: string }[]>`
    select conrelid::regclass::text as table, conname as name from pg_constraint
    where connamespace = current_schema()::text::regnamespace and contype in ('f', 'c') and conparentid = 0 and conislocal
    order by contype desc`
  for (const { table, name } of rows) await sql`alter table ${sql(table)} drop constraint ${sql(name)} cascade`
  const triggers = await sql<{ table: string; name: string }[]>`
    select tgrelid::regclass::text as table, tgname as name from pg_trigger join pg_class on pg_class.oid = tgrelid
    where relnamespace = current_schema()::text::regnamespace and not tgisinternal and tgparentid = 0`
  for (const { table, name } of triggers) await sql`drop trigger ${sql(name)} on ${sql(table)}`
}

function sampleOf({ name, type }: Column, organizationId: string): string {
  if (type === 'uuid') return organizationId
  if (type.endsWith('[]')) return '{}'
  if (/^(bigint|integer|smallint|numeric|double|real)/.test(type)) return name === 'year' ? '2026' : '1'
  if (/^(timestamp|date)/.test(type)) return '2026-01-01T00:00:00Z'
  if (/^json/.test(type)) return '{}'
  if (type === 'boolean') return 'false'
  if (type === 'bytea') return `\\x${organizationId.replaceAll('-', '')}`
  return organizationId
}

async function insert(sql: postgres.Sql | postgres.TransactionSql, { name, columns }: Table, organizationId: string): Promise<void> {
  const names = columns.map((column) => `"${column.name}"`).join()
  const values = columns.map((column) => `'${sampleOf(column, organizationId)}'::${column.type}`).join()
  await sql.unsafe(`insert into "${name}" (${names}) values (${values})`)
}

/** Runs as a request of the organization does, and takes everything back. */
async function asRequest<T>(sql: postgres.Sql, organizationId: string, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  const takeBack = new Error('take back')
  let result: { value: T } | undefined
  try {
    await sql.begin(async (tx) => {
      await tx`select set_config('role', session_user || '_request', true), set_config('carillon.organization', ${organizationId}, true)`
      result = { value: await work(tx) }
      throw takeBack
    })
  } catch (error) {
    if (error !== takeBack) throw error
  }
  if (!result) throw new Error('nothing ran')
  return result.value
}

async function withDatabase(service: ServiceName, work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await testDatabase(service)
  try {
    await work(database)
  } finally {
    await database.drop()
  }
}

test.each(serviceNames)('%s: a table is protected by a policy, or closed to requests', (service) =>
  withDatabase(service, async ({ sql }) => {
    const tables = await tablesOf(sql)
    expect(tables.length).toBeGreaterThan(5)
    for (const { name, isProtected, privileges, columns } of tables) {
      if (isProtected) continue
      expect.soft({ name, privileges }).toEqual({ name, privileges: closedTables[name] ?? [] })
      const isPartition = privileges.length === 0
      if (!isPartition) expect.soft(columns.map((column) => column.name)).not.toContain('organization_id')
    }
    expect(tables.filter(({ isProtected }) => isProtected).map(({ name }) => name)).toContain('idempotency_keys')
  }),
)

test.each(serviceNames)('%s: a request without a condition sees and changes nothing of another organization', (service) =>
  withDatabase(service, async ({ sql }) => {
    await dropConstraints(sql)
    const protectedTables = (await tablesOf(sql)).filter(({ isProtected }) => isProtected)
    const [mine, theirs] = organizations
    for (const table of protectedTables) for (const organizationId of organizations) await insert(sql, table, organizationId)
    for (const table of protectedTables) {
      const name = `"${table.name}"`
      const uuids = table.columns.filter(({ type }) => type === 'uuid').map((column) => `"${column.name}"`)
      const ownRows = `select count(*)::int as rows, count(*) filter (where '${theirs}' in (${uuids.join()}))::int as foreign_rows from ${name}`
      const [seen] = await asRequest(sql, mine, (tx) => tx.unsafe(ownRows))
      expect.soft({ name, ...seen }).toEqual({ name, rows: 1, foreign_rows: 0 })
      const [nobody] = await asRequest(sql, '', (tx) => tx.unsafe(`select count(*)::int as rows from ${name}`))
      expect.soft({ name, ...nobody }).toEqual({ name, rows: 0 })
      const column = table.columns.find(({ isKey }) => !isKey) ?? table.columns[0]
      for (const [privilege, statement] of [
        ['UPDATE', `update ${name} set "${column?.name}" = "${column?.name}"`],
        ['DELETE', `delete from ${name}`],
      ] as const) {
        if (!table.privileges.includes(privilege)) continue
        const changed = await asRequest(sql, mine, (tx) => tx.unsafe(statement))
        expect.soft({ name, privilege, count: changed.count }).toEqual({ name, privilege, count: 1 })
      }
      const foreign = asRequest(sql, mine, (tx) => insert(tx, table, theirs)).catch((error: unknown) => error)
      expect.soft({ name, error: await foreign }).toMatchObject({ name, error: { code: '42501' } })
    }
  }),
)
