import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dropDatabases, prepareDatabase, withDatabase } from './databases.ts'
import { unlessAborted } from './interruption.ts'
import { identityOf } from './process-identity.ts'
import { installationDir } from './repository.ts'
import { loadSecrets } from './secrets.ts'
import { installTestTools } from './servers/installation.ts'
import { type Servers, startServers } from './servers/servers.ts'
import { createSupervisor, type Supervisor, sweep } from './supervisor.ts'
import { slotCount } from './test-slots.ts'

/** What a test run gets: a folder of its own, and the environment that tells its tests where their servers are. */
export interface TestServers {
  dataDir: string
  env: Record<string, string>
  /** False where the environment names a server: it has one account, so tests take turns. */
  areOwn: boolean
}

/** Starts servers of the run's own, calls `run`, and stops the servers and whatever processes the tests left. */
export async function withTestServers<T>(signal: AbortSignal, run: (servers: TestServers) => Promise<T>): Promise<T> {
  const runName = `test-${process.pid}`
  const dataDir = join(installationDir, runName)
  mkdirSync(dataDir, { recursive: true })
  const supervisor = createSupervisor(dataDir)
  const secrets = loadSecrets(join(installationDir, 'secrets.json'))
  let cleanUp = async () => {}
  try {
    const { superuserPassword, rolePasswords } = secrets
    await unlessAborted(signal, installTestTools())
    const starting = startServers({ supervisor, dataDir, ephemeral: true, superuserPassword, natsAccounts: slotCount() })
    const servers = await unlessAborted(signal, starting)
    const template = `carillon_${runName.replace('-', '_')}`
    cleanUp = () => stopServers(servers, template)
    await prepareDatabase(servers.databaseUrl, { database: template, rolePasswords })
    return await run(describeServers(servers, template, dataDir))
  } finally {
    await sweepTestProcesses(dataDir, supervisor, cleanUp)
  }
}

/** Folders of test runs whose command is gone, with whatever still runs from them. */
export async function removeLeftovers(): Promise<void> {
  if (!existsSync(installationDir)) return
  for (const name of readdirSync(installationDir)) {
    const pid = /^test-(\d+)$/.exec(name)?.[1]
    if (!pid || identityOf(Number(pid)) !== null) continue
    const dir = join(installationDir, name)
    for (const stackDir of stackDirs(dir)) await sweep(stackDir)
    await sweep(dir)
    rmSync(dir, { recursive: true, force: true })
  }
}

function describeServers({ servers, databaseUrl, natsUrl, redisUrl }: Servers, template: string, dataDir: string): TestServers {
  const areOwn = servers.every(({ name, origin }) => name === 'postgres' || origin !== 'environment')
  return {
    dataDir,
    areOwn,
    env: {
      TEST_DATABASE_URL: withDatabase(databaseUrl, template),
      TEST_NATS_URL: natsUrl,
      TEST_REDIS_URL: redisUrl,
      TEST_DATA_DIR: dataDir,
      TEST_SHARED_SERVERS: areOwn ? '0' : '1',
    },
  }
}

async function stopServers(servers: Servers, template: string): Promise<void> {
  if (servers.servers.some(({ name, origin }) => name === 'postgres' && origin === 'environment')) {
    await dropDatabases(servers.databaseUrl, template)
  }
  await servers.stop()
}

/** Tests start processes too, and a worker that was killed left them running: they stop before the servers do. */
async function sweepTestProcesses(dataDir: string, supervisor: Supervisor, stop: () => Promise<void>): Promise<void> {
  for (const dir of stackDirs(dataDir)) await sweep(dir)
  await stop()
  await supervisor.close()
  rmSync(dataDir, { recursive: true, force: true })
}

/** The folders of the stacks that tests started: `<dataDir>/stacks/<name>`. */
function stackDirs(dataDir: string): string[] {
  const parent = join(dataDir, 'stacks')
  return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : []
}
