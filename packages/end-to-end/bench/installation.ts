import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { prepareDatabase } from '@carillon/dev-stack/databases'
import { installationDir, repositoryRoot } from '@carillon/dev-stack/repository'
import { loadSecrets } from '@carillon/dev-stack/secrets'
import { type Servers, startServers } from '@carillon/dev-stack/servers/servers'
import { type Stack, startStack } from '@carillon/dev-stack/stack'
import { createSupervisor, sweep } from '@carillon/dev-stack/supervisor'
import type { System } from '../src/organization.ts'
import type { Measured } from './process-usage.ts'

export type Installation = System & {
  natsUrl: string
  processes: Measured[]
  /** Stops the services, which then write their profiles. */
  stopServices(): Promise<void>
  close(): Promise<void>
}

/**
 * Servers and services as in production: everything is forced to disk, in real time, with logs at `info`. The carrier answers every call, and
 * calls have no duration. `close` deletes the data.
 */
export async function openInstallation({
  maxChannels,
  nodeOptions,
}: {
  maxChannels: number
  nodeOptions: string[]
}): Promise<Installation> {
  const dataDir = join(installationDir, 'bench')
  await sweep(dataDir) // of a bench that was killed
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true })
  const secrets = loadSecrets(join(dataDir, 'secrets.json'))
  const supervisor = createSupervisor(dataDir)
  let servers: Servers | undefined
  let stack: Stack | undefined
  const close = async () => {
    await stack?.stop()
    await servers?.stop()
    await supervisor.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    servers = await startServers({
      supervisor,
      dataDir,
      ephemeral: true,
      durable: true,
      superuserPassword: secrets.superuserPassword,
      useEnvironment: false,
    })
    const now = Date.now()
    stack = await startStack({
      supervisor,
      logsDir: join(dataDir, 'logs'),
      databaseUrls: await prepareDatabase(servers.databaseUrl, { database: 'carillon', rolePasswords: secrets.rolePasswords }),
      natsUrl: servers.natsUrl,
      redisUrl: servers.redisUrl,
      secrets,
      clock: { realAnchorMs: now, virtualAnchorMs: now, speed: 1 },
      maxChannels,
      logLevel: 'info',
      carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/instant.json'), seed: 1, logPath: '' },
      nodeOptions,
    })
    const services = Object.values(stack.services).map(({ name, pid }) => ({ name, pid, family: false }))
    const beneath = servers.servers.flatMap(({ name, pid }) => (pid === null ? [] : [{ name, pid, family: name === 'postgres' }]))
    return {
      gatewayUrl: stack.gatewayUrl,
      secrets,
      natsUrl: servers.natsUrl,
      processes: [...services, ...beneath],
      stopServices: stack.stop,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
