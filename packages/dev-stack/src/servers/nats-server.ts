import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findOnPath } from './binaries.ts'
import { type PrivateServer, required } from './private-server.ts'
import { natsAnswers } from './probes.ts'
import type { ServerOptions } from './server.ts'

/** The password of every test account: it keeps tests apart, it protects nothing. */
const accountPassword = 'test'

/** A NATS server of our own with JetStream, its streams under `dataDir`. */
export function privateNats(options: ServerOptions): PrivateServer {
  mkdirSync(options.dataDir, { recursive: true })
  const configPath = join(options.dataDir, 'nats.conf')
  writeFileSync(configPath, natsConfiguration(join(options.dataDir, 'jetstream'), options.natsAccounts))
  return {
    name: 'nats',
    command: required(findOnPath('nats-server'), 'nats-server'),
    argsFor: (port) => ['--config', configPath, '--addr', '127.0.0.1', '--port', String(port)],
    user: null,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
    url: (port) => `nats://127.0.0.1:${port}`,
    answers: (port) => natsAnswers(port),
    discard: () => rmSync(options.dataDir, { recursive: true, force: true }),
  }
}

/** The server's configuration; whoever connects without a name is in the account `test_1` where there are accounts. */
export function natsConfiguration(storeDir: string, accounts: number): string {
  const names = Array.from({ length: accounts }, (_, index) => `test_${index + 1}`)
  const lines = [`jetstream { store_dir: ${JSON.stringify(storeDir)} }`]
  if (names.length > 0) {
    const users = names.map((name) => `  ${name} { jetstream: enabled, users: [{ user: ${name}, password: ${accountPassword} }] }`)
    lines.push('accounts {', ...users, '}', 'no_auth_user: test_1')
  }
  return `${lines.join('\n')}\n`
}

/** The server's address for one account, counted from 1. */
export function natsAccountUrl(serverUrl: string, account: number): string {
  const url = new URL(serverUrl)
  url.username = `test_${account}`
  url.password = accountPassword
  return url.toString()
}
