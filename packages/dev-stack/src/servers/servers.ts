import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { step } from '../step.ts'
import type { Supervisor } from '../supervisor.ts'
import { dockerAnswers } from './docker-engine.ts'
import { ensureInstalled } from './installation.ts'
import { privateNats } from './nats-server.ts'
import { privatePostgres } from './postgres-server.ts'
import { startPrivateServer } from './private-server.ts'
import { privateRedis } from './redis-server.ts'
import { type Server, type ServerName, type ServerOptions, serverNames } from './server.ts'

export interface StartServersOptions {
  supervisor: Supervisor
  /** Folder for the servers' data and logs. */
  dataDir: string
  /** The data is thrown away when they stop. */
  ephemeral: boolean
  /** What is committed is forced to disk; unless told, what is not thrown away. */
  durable?: boolean
  superuserPassword: string
  /** That many isolated accounts in a NATS of our own; see `natsAccountUrl`. */
  natsAccounts?: number
  /** Which servers; all, when absent. */
  only?: readonly ServerName[]
  /** Whether the environment's servers may be used; a test that kills servers needs its own. */
  useEnvironment?: boolean
}

export interface Servers {
  /** A superuser's (or, from the environment, whoever DATABASE_URL names). */
  databaseUrl: string
  natsUrl: string
  redisUrl: string
  servers: Server[]
  /** Stops those that we started. */
  stop(): Promise<void>
  kill(name: ServerName): Promise<void>
  restart(name: ServerName): Promise<void>
}

/** What each server is for the services. */
const purposes: Record<ServerName, string> = { postgres: 'database', nats: 'messages', redis: 'cache' }

const variables: Record<ServerName, string> = { postgres: 'DATABASE_URL', nats: 'NATS_URL', redis: 'REDIS_URL' }

/**
 * Brings up Postgres, NATS and Redis, each by itself: the one that the environment names; else a container, where a Docker engine answers; else
 * a private process of the program on this machine, which is installed where that is possible. Rejects with a one-line
 * `UserError` where a person has to do something.
 */
export async function startServers(options: StartServersOptions): Promise<Servers> {
  const wanted = options.only ?? serverNames
  const useEnvironment = options.useEnvironment ?? true
  const named = wanted.flatMap((name) => {
    const url = useEnvironment ? process.env[variables[name]] : undefined
    if (!url) return []
    step(`${purposes[name]}: ${variables[name]} names the ${name}`)
    return [environmentServer(name, url)]
  })
  const toStart = wanted.filter((name) => !named.some((server) => server.name === name))
  const start = toStart.length > 0 && (await dockerAnswers()) ? startInDocker : startPrivately
  const started = await start(toStart, options)
  const servers = [...named, ...started]
  const find = (name: ServerName): Server => {
    const server = servers.find((candidate) => candidate.name === name)
    if (!server) throw new Error(`${name} was not started`)
    return server
  }

  return {
    get databaseUrl() {
      return find('postgres').url
    },
    get natsUrl() {
      return find('nats').url
    },
    get redisUrl() {
      return find('redis').url
    },
    servers,
    async stop() {
      await Promise.all(servers.map((server) => server.stop()))
    },
    async kill(name) {
      await find(name).kill()
    },
    async restart(name) {
      await find(name).restart()
    },
  }
}

async function startInDocker(names: ServerName[], options: StartServersOptions): Promise<Server[]> {
  for (const name of names) step(`${purposes[name]}: starting ${name} in Docker`)
  const { startDockerServer } = await import('./docker-server.ts') // a heavy import, and needed only here
  return Promise.all(names.map((name) => startDockerServer(name, optionsOf(name, options))))
}

async function startPrivately(names: ServerName[], options: StartServersOptions): Promise<Server[]> {
  await ensureInstalled(names)
  return Promise.all(
    names.map(async (name) => {
      step(`${purposes[name]}: starting ${name}`)
      const serverOptions = optionsOf(name, options)
      return startPrivateServer(options.supervisor, await privateServer[name](serverOptions), serverOptions)
    }),
  )
}

const privateServer = { postgres: privatePostgres, nats: privateNats, redis: privateRedis }

function optionsOf(name: ServerName, options: StartServersOptions): ServerOptions {
  const { dataDir, ephemeral, durable = !ephemeral, superuserPassword, natsAccounts = 0 } = options
  const logsDir = join(dataDir, 'logs')
  if (!existsSync(logsDir)) mkdirSync(logsDir, { recursive: true })
  return { dataDir: join(dataDir, name), logPath: join(logsDir, `${name}.log`), ephemeral, durable, superuserPassword, natsAccounts }
}

function environmentServer(name: ServerName, url: string): Server {
  const refuse = async () => {
    throw new Error(`${variables[name]} names this ${name}: it is not ours to stop`)
  }
  return { name, url, origin: 'environment', pid: null, stop: async () => {}, kill: refuse, restart: refuse }
}
