import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseUrls, prepareDatabase } from '@carillon/dev-stack/databases'
import { installationDir } from '@carillon/dev-stack/repository'
import { loadSecrets } from '@carillon/dev-stack/secrets'
import { startServers } from '@carillon/dev-stack/servers/servers'
import { createSupervisor } from '@carillon/dev-stack/supervisor'
import { fromTestRun } from './slot.ts'

/** A Postgres that the test may stop and kill. */
export interface PostgresServer {
  superuserUrl: string
  urls: DatabaseUrls
  restart(): Promise<void>
  /** Ends it as a crash would. `restart` starts it again. */
  kill(): Promise<void>
  close(): Promise<void>
}

/** Starts a Postgres of the test's own, with the role and the empty schema of every service. */
export async function postgresServer(): Promise<PostgresServer> {
  const dataDir = join(fromTestRun('TEST_DATA_DIR'), 'stacks', randomUUID())
  mkdirSync(dataDir, { recursive: true })
  const supervisor = createSupervisor(dataDir)
  const { superuserPassword, rolePasswords } = loadSecrets(join(installationDir, 'secrets.json'))
  const close = () => supervisor.close()
  try {
    const servers = await startServers({
      supervisor,
      dataDir,
      ephemeral: true,
      superuserPassword,
      only: ['postgres'],
      useEnvironment: false,
    })
    const superuserUrl = servers.databaseUrl
    return {
      superuserUrl,
      urls: await prepareDatabase(superuserUrl, { rolePasswords }),
      restart: () => servers.restart('postgres'),
      kill: () => servers.kill('postgres'),
      async close() {
        await servers.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
