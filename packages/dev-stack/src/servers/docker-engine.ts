import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

const timeoutMs = 2_000

/** Whether a Docker engine answers: where DOCKER_HOST says, else at the usual sockets. */
export async function dockerAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    join(process.env.XDG_RUNTIME_DIR ?? '/run', 'docker.sock'),
  ]
  if (host?.startsWith('unix://')) return ping({ socketPath: host.slice('unix://'.length) })
  if (host?.startsWith('tcp://') || host?.startsWith('http')) {
    const { hostname, port } = new URL(host)
    return ping({ host: hostname, port: port || '2375' })
  }
  for (const socketPath of sockets) if (existsSync(socketPath) && (await ping({ socketPath }))) return true
  return false
}

/** GET /_ping of the engine's API. */
function ping(address: { socketPath: string } | { host: string; port: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ ...address, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    probe.on('timeout', () => probe.destroy())
    probe.on('error', () => resolve(false))
    probe.end()
  })
}
