import { connect, type NatsConnection } from 'nats'

export type { NatsConnection }

/**
 * Connects, and reconnects for as long as the process lives.
 *
 * @param urls separated by commas; the first one may hold a user and a password.
 */
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

/** Changes with each new connection to a server. */
export function connectionKey(connection: NatsConnection): string {
  return `${connection.info?.server_id}/${connection.info?.client_id}`
}

/** Calls `action` each time the connection comes back after a loss, until the connection is closed. */
export async function onReconnect(connection: NatsConnection, action: () => void): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'reconnect') action()
  }
}
