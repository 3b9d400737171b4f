import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers'
import { freePort } from '../free-port.ts'
import { natsConfiguration } from './nats-server.ts'
import { natsAnswers, postgresAnswers, redisAnswers } from './probes.ts'
import { redisArgs } from './redis-server.ts'
import type { Server, ServerName, ServerOptions } from './server.ts'

/** The images of docker-compose.yml. */
export const images: Record<ServerName, string> = {
  postgres: 'postgres:16.6-alpine',
  nats: 'nats:2.10.24-alpine',
  redis: 'redis:7.2.6-alpine',
}

const readyTimeoutMs = 60_000

interface Definition {
  container: GenericContainer
  port: number
  /** The folder that a volume keeps between runs. */
  dataPath: string
  url(hostPort: number): string
  answers(hostPort: number): Promise<boolean>
}

/** Starts the server in a container on a free port of 127.0.0.1; testcontainers removes it should we be killed. */
export async function startDockerServer(name: ServerName, options: ServerOptions): Promise<Server> {
  const definition = definitions[name](options)
  const hostPort = await freePort()
  const container = definition.container
    .withExposedPorts({ container: definition.port, host: hostPort })
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(readyTimeoutMs)
  if (!options.ephemeral) container.withBindMounts([{ source: volumeOf(options.dataDir), target: definition.dataPath, mode: 'rw' }])

  const started = await container.start()
  await untilAnswers(started, () => definition.answers(hostPort))
  return {
    name,
    url: definition.url(hostPort),
    origin: 'docker',
    pid: null,
    async stop() {
      await started.stop({ timeout: 10_000 })
    },
    async kill() {
      const client = await getContainerRuntimeClient()
      await client.container.getById(started.getId()).kill() // SIGKILL; within the container nobody can send that to process 1
    },
    async restart() {
      await started.restart()
      await untilAnswers(started, () => definition.answers(hostPort))
    },
  }
}

const definitions: Record<ServerName, (options: ServerOptions) => Definition> = {
  postgres: ({ durable, superuserPassword }) => {
    const url = (port: number) => `postgres://postgres:${superuserPassword}@127.0.0.1:${port}/postgres`
    const unsafe = durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']
    return {
      container: new GenericContainer(images.postgres)
        .withEnvironment({ POSTGRES_PASSWORD: superuserPassword })
        .withCommand(['postgres', '-c', 'max_connections=200', '-c', 'shared_buffers=256MB', '-c', 'max_wal_size=2GB', ...unsafe]),
      port: 5432,
      dataPath: '/var/lib/postgresql/data',
      url,
      answers: (port) => postgresAnswers(url(port)),
    }
  },
  nats: ({ natsAccounts }) => ({
    container: new GenericContainer(images.nats)
      .withCopyContentToContainer([{ content: natsConfiguration('/data', natsAccounts), target: '/etc/carillon-nats.conf' }])
      .withCommand(['--config', '/etc/carillon-nats.conf']),
    port: 4222,
    dataPath: '/data',
    url: (port) => `nats://127.0.0.1:${port}`,
    answers: (port) => natsAnswers(port),
  }),
  redis: ({ durable }) => ({
    container: new GenericContainer(images.redis).withCommand(['redis-server', ...redisArgs(durable)]),
    port: 6379,
    dataPath: '/data',
    url: (port) => `redis://127.0.0.1:${port}`,
    answers: (port) => redisAnswers(port),
  }),
}

/** The volume's name follows from the folder in which the data would be without Docker. */
function volumeOf(dataDir: string): string {
  return `carillon-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
}

async function untilAnswers(container: StartedTestContainer, answers: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + readyTimeoutMs
  while (!(await answers())) {
    if (performance.now() > deadlineMs) throw new Error(`container ${container.getName()} does not answer`)
    await delay(50)
  }
}
