import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.ts'
import { UserError } from '../user-error.ts'
import { postgresDirs } from './binaries.ts'
import type { PrivateServer } from './private-server.ts'
import { postgresAnswers } from './probes.ts'
import type { ServerOptions } from './server.ts'
import { type SystemUser, unprivilegedUser } from './unprivileged-user.ts'

const serverSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // a socket's path may be no longer than 107 bytes, a checkout's may
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/** What is committed outlives a crash of Postgres, not one of the machine. */
const unsafeSettings = { fsync: 'off', full_page_writes: 'off' }

/** A Postgres cluster of our own under `dataDir`, with a superuser `postgres` who has a password. */
export async function privatePostgres(options: ServerOptions): Promise<PrivateServer> {
  // Postgres refuses to run as root.
  const user = process.getuid?.() === 0 ? await unprivilegedUser('postgres', options.dataDir) : null
  const dataDir = user?.dataDir ?? options.dataDir
  const binDir = matchingBinaries(dataDir)
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialize(binDir, dataDir, user, options)

  const settings = { ...serverSettings, ...(options.durable ? {} : unsafeSettings) }
  const url = (port: number) => `postgres://postgres:${options.superuserPassword}@127.0.0.1:${port}/postgres`
  return {
    name: 'postgres',
    command: join(binDir, 'postgres'),
    argsFor: (port) => [
      '-D',
      dataDir,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    user,
    stopSignal: 'SIGINT', // fast shutdown: open transactions are rolled back
    killSignal: 'SIGQUIT', // immediate shutdown: its children go with it, and the next start recovers from the log
    url,
    answers: (port) => postgresAnswers(url(port)),
    discard: () => rmSync(user?.ownFolder ?? dataDir, { recursive: true, force: true }),
  }
}

/** The newest programs, or those of the major version that made the data. */
function matchingBinaries(dataDir: string): string {
  const dirs = postgresDirs()
  const versionPath = join(dataDir, 'PG_VERSION')
  if (!existsSync(versionPath)) return dirs[0] ?? missing('Postgres is not installed')
  const version = readFileSync(versionPath, 'utf8').trim()
  const matching = dirs.find((dir) => new RegExp(`(^|\\D)${version}(\\D|$)`).test(dir))
  return (
    matching ??
    missing(`the data in ${dataDir} is Postgres ${version}'s, which this machine does not have; remove that folder to start afresh`)
  )
}

function missing(message: string): never {
  throw new UserError(message)
}

/** Makes the cluster beside its place and moves it there when it is complete: a half-made one is never taken for whole. */
async function initialize(binDir: string, dataDir: string, user: SystemUser | null, options: ServerOptions): Promise<void> {
  const passwordPath = `${dataDir}.password`
  const draft = `${dataDir}.new`
  try {
    for (const path of [passwordPath, draft]) rmSync(path, { recursive: true, force: true })
    writeFileSync(passwordPath, `${options.superuserPassword}\n`, { mode: 0o600 })
    mkdirSync(draft, { mode: 0o700 })
    if (user) for (const path of [passwordPath, draft]) chownSync(path, user.uid, user.gid)
    const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
    const { exitCode, output } = await runCommand(
      join(binDir, 'initdb'),
      ['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordPath}`, '-E', 'UTF8', `--locale=${locale}`, '--no-sync'],
      { cwd: '/', env: { ...process.env, LC_ALL: locale }, ...(user ? { uid: user.uid, gid: user.gid } : {}) },
    )
    if (exitCode !== 0) throw new Error(`initdb failed\n${output}`)
    renameSync(draft, dataDir)
  } finally {
    rmSync(passwordPath, { force: true })
  }
}
