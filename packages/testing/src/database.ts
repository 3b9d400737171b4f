import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ServiceName } from '@carillon/contracts/services'
import { createDatabase, type DatabaseUrls, databaseUrls, dropDatabases } from '@carillon/dev-stack/databases'
import { installationDir, repositoryRoot } from '@carillon/dev-stack/repository'
import { loadSecrets } from '@carillon/dev-stack/secrets'
import { migrate } from '@carillon/service-kit/postgres/migrations'
import postgres from 'postgres'
import { fromTestRun } from './slot.ts'

export interface TestDatabase {
  /** The address for the service's own role. */
  url: string
  /** A connection of the service's own role; closed by `drop`. */
  sql: postgres.Sql
  drop(): Promise<void>
}

/** A new database, with the role and the empty schema of every service. No migration has run. */
export async function emptyDatabase(): Promise<{ urls: DatabaseUrls; drop(): Promise<void> }> {
  const serverUrl = fromTestRun('TEST_DATABASE_URL')
  const template = new URL(serverUrl).pathname.slice(1)
  const name = `${template}_${randomUUID().replaceAll('-', '').slice(0, 16)}`
  const superuserUrl = new URL(serverUrl)
  superuserUrl.pathname = '/postgres' // a database cannot be copied while something is connected to it
  const url = await createDatabase(superuserUrl.toString(), name, template)
  const { rolePasswords } = loadSecrets(join(installationDir, 'secrets.json'))
  return { urls: databaseUrls(url, rolePasswords), drop: () => dropDatabases(superuserUrl.toString(), name) }
}

/** A new database, with the service's migrations run. */
export async function testDatabase(service: ServiceName): Promise<TestDatabase> {
  const { urls, drop } = await emptyDatabase()
  const url = urls[service]
  const sql = postgres(url, { max: 4, onnotice: () => {} })
  await migrate(sql, join(repositoryRoot, 'services', service, 'migrations'))
  return {
    url,
    sql,
    async drop() {
      await sql.end({ timeout: 2 })
      await drop()
    },
  }
}
