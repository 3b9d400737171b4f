import { type StreamName, streams } from '@carillon/contracts/streams'
import { connect, DiscardPolicy, type JetStreamManager, type NatsConnection, nanos, RetentionPolicy, StorageType } from 'nats'

export type { NatsConnection }

/** Connects, and keeps reconnecting for as long as the process lives. `urls` are separated by commas; a user and password may stand in the first. */
export function connectNats(urls: string, name: string): Promise<NatsConnection> {
  const servers = urls.split(',').map((url) => new URL(url.includes('://') ? url : `nats://${url}`))
  const { username: user = '', password: pass = '' } = servers[0] ?? {}
  return connect({
    servers: servers.map(({ host, protocol }) => (protocol === 'tls:' ? `tls://${host}` : host)),
    ...(user ? { user: decodeURIComponent(user), pass: decodeURIComponent(pass) } : {}),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
  })
}

const day = 24 * 60 * 60 * 1000

/** Creates the platform's streams where they are missing, and reads their configuration back: a server may ignore what it does not know. */
export async function ensureStreams(connection: NatsConnection, replicas: number): Promise<void> {
  const manager = await connection.jetstreamManager()
  for (const name of Object.keys(streams) as StreamName[]) await ensureStream(manager, name, replicas)
}

async function ensureStream(manager: JetStreamManager, name: StreamName, replicas: number): Promise<void> {
  const stream = streams[name]
  const wanted = {
    name,
    subjects: [...stream.subjects],
    retention: stream.workQueue ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_age: nanos(stream.maxAgeDays * day),
    duplicate_window: nanos(2 * 60 * 1000),
    deny_delete: false,
    allow_direct: true,
  }
  try {
    await manager.streams.add(wanted)
  } catch (error) {
    // Another service created it first, with the same or an older configuration.
    if (!(error instanceof Error) || !/already in use/i.test(error.message)) throw error
  }
  const { config } = await manager.streams.info(name)
  const differs =
    config.retention !== wanted.retention ||
    config.storage !== wanted.storage ||
    config.max_age !== wanted.max_age ||
    config.duplicate_window !== wanted.duplicate_window ||
    config.subjects?.join() !== wanted.subjects.join()
  if (differs) throw new Error(`stream ${name} is configured otherwise: ${JSON.stringify(config)}`)
}

/** Calls `action` each time that the connection comes back after a loss. */
export async function onReconnect(connection: NatsConnection, action: () => void): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'reconnect') action()
  }
}
