import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ServiceName, serviceNames, services } from '@carillon/contracts/services'
import postgres from 'postgres'
import { repositoryRoot } from './repository.ts'

/** The address for each service's own role. */
export type DatabaseUrls = Record<ServiceName, string>

export interface PrepareDatabaseOptions {
  /** Created if it does not exist. When absent, the database in the address is used. */
  database?: string
  /** The new passwords of the services' roles. */
  rolePasswords: Record<ServiceName, string>
}

const rolesSql = readFileSync(join(repositoryRoot, 'deploy/postgres/roles.sql'), 'utf8')

/**
 * Creates each service's role and schema in the database (`deploy/postgres/roles.sql`). It may run again. The user in `serverUrl` is a superuser,
 * or may create roles and databases. Roles belong to the whole server, so two installations cannot share one.
 */
export async function prepareDatabase(serverUrl: string, { database, rolePasswords }: PrepareDatabaseOptions): Promise<DatabaseUrls> {
  if (database) await createIfMissing(serverUrl, database)
  const url = database ? withDatabase(serverUrl, database) : serverUrl
  const sql = open(url)
  try {
    await sql.begin(async (tx) => {
      const schemas = serviceNames.map((service) => services[service].schema).join()
      await tx`select set_config('carillon.schemas', ${schemas}, true)`
      for (const service of serviceNames) {
        await tx`select set_config(${`carillon.password_${services[service].schema}`}, ${rolePasswords[service]}, true)`
      }
      await tx.unsafe(rolesSql)
    })
  } finally {
    await sql.end()
  }
  return databaseUrls(url, rolePasswords)
}

/** Copies the database `template`: schemas, tables and rows. Nobody may be connected to the template. */
export async function createDatabase(serverUrl: string, name: string, template: string): Promise<string> {
  const sql = open(serverUrl)
  try {
    await sql`create database ${sql(name)} template ${sql(template)}`
  } finally {
    await sql.end()
  }
  return withDatabase(serverUrl, name)
}

/** Drops the databases whose names start with `namePrefix`, even while somebody is connected to them. */
export async function dropDatabases(serverUrl: string, namePrefix: string): Promise<void> {
  const sql = open(serverUrl)
  try {
    const rows = await sql<{ datname: string }[]>`select datname from pg_database where starts_with(datname, ${namePrefix})`
    for (const { datname } of rows) await sql`drop database if exists ${sql(datname)} with (force)`
  } finally {
    await sql.end()
  }
}

/** The services' addresses in the database that `url` names. */
export function databaseUrls(url: string, rolePasswords: Record<ServiceName, string>): DatabaseUrls {
  const urls = serviceNames.map((service) => [service, withRole(url, `carillon_${services[service].schema}`, rolePasswords[service])])
  return Object.fromEntries(urls) as DatabaseUrls
}

export function withDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.toString()
}

function withRole(serverUrl: string, role: string, password: string): string {
  const url = new URL(serverUrl)
  url.username = role
  url.password = password
  return url.toString()
}

async function createIfMissing(serverUrl: string, database: string): Promise<void> {
  const sql = open(serverUrl)
  try {
    const existing = await sql`select from pg_database where datname = ${database}`
    if (existing.length === 0) await sql`create database ${sql(database)}`
  } finally {
    await sql.end()
  }
}

function open(url: string): postgres.Sql {
  return postgres(url, { max: 1, onnotice: () => {} })
}
