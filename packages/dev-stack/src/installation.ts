import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningClock, startClock } from './clock.ts'
import { type DatabaseUrls, prepareDatabase } from './databases.ts'
import { unlessAborted } from './interruption.ts'
import { identityOf } from './process-identity.ts'
import { installationDir } from './repository.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import { type Servers, startServers } from './servers/servers.ts'
import { step } from './step.ts'
import { createSupervisor, type Supervisor, sweep } from './supervisor.ts'
import { UserError } from './user-error.ts'

/** This checkout's installation, ready for `startStack`: servers up, roles and schemas made, clock running. */
export interface Installation {
  dataDir: string
  logsDir: string
  secrets: Secrets
  supervisor: Supervisor
  servers: Servers
  databaseUrls: DatabaseUrls
  clock: RunningClock
  /** Stops all that was started, processes before servers. */
  close(): Promise<void>
}

export interface OpenOptions {
  dataDir?: string
  /** How fast the whole system's time passes. */
  speed: number
  /** Stops the opening and everything that it has started, when it aborts. */
  signal: AbortSignal
}

/**
 * Opens the installation in `dataDir`, which belongs to one command at a time: it is an error when another runs. Processes that a killed run
 * left are stopped first.
 */
export async function openInstallation({ dataDir = installationDir, speed, signal }: OpenOptions): Promise<Installation> {
  signal.throwIfAborted()
  mkdirSync(dataDir, { recursive: true })
  const release = claim(dataDir)
  const stopped = await sweep(dataDir)
  if (stopped.length > 0) step(`stopped what an earlier run left running: ${stopped.join(', ')}`)

  const secrets = loadSecrets(join(dataDir, 'secrets.json'))
  const supervisor = createSupervisor(dataDir)
  const clock = startClock(join(dataDir, 'clock.json'), speed)
  const end = async () => {
    clock.stop()
    await supervisor.close()
    release()
  }
  try {
    const starting = startServers({ supervisor, dataDir, ephemeral: false, superuserPassword: secrets.superuserPassword })
    const servers = await unlessAborted(signal, starting).catch(async (error: unknown) => {
      await supervisor.close()
      // Servers that were still starting are stopped when they are up, or fail because their processes were just stopped.
      await starting.then(
        (late) => late.stop(),
        () => {},
      )
      throw error
    })
    const isOwn = servers.servers.some(({ name, origin }) => name === 'postgres' && origin !== 'environment')
    step('database: preparing roles and schemas')
    const databaseUrls = await prepareDatabase(servers.databaseUrl, {
      ...(isOwn ? { database: 'carillon' } : {}),
      rolePasswords: secrets.rolePasswords,
    })
    return {
      dataDir,
      logsDir: join(dataDir, 'logs'),
      secrets,
      supervisor,
      servers,
      databaseUrls,
      clock,
      async close() {
        await end() // our own processes, the last started first: services before servers
        await servers.stop() // what runs in Docker
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Marks the folder as in use by this process; returns what undoes it. */
function claim(dataDir: string): () => void {
  const path = join(dataDir, 'owner.json')
  const owner = JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) })
  try {
    writeFileSync(path, owner, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const { pid, identity } = JSON.parse(readFileSync(path, 'utf8')) as { pid: number; identity: string }
    if (identityOf(pid) === identity) throw new UserError(`Carillon runs here already (process ${pid}); stop that one first`)
    writeFileSync(path, owner)
  }
  return () => rmSync(path, { force: true })
}
