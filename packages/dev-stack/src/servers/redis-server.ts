import { mkdirSync, rmSync } from 'node:fs'
import { findOnPath } from './binaries.ts'
import { type PrivateServer, required } from './private-server.ts'
import { redisAnswers } from './probes.ts'
import type { ServerOptions } from './server.ts'

/** Redis' arguments for how its data is kept: an append-only file synced every second, or not at all. */
export function persistenceArgs(durable: boolean): string[] {
  return durable ? ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'] : ['--save', '', '--appendonly', 'no']
}

/** A Redis of our own with its data under `dataDir`. */
export function privateRedis(options: ServerOptions): PrivateServer {
  mkdirSync(options.dataDir, { recursive: true })
  return {
    name: 'redis',
    command: required(findOnPath('redis-server'), 'redis-server'),
    argsFor: (port) => ['--bind', '127.0.0.1', '--port', String(port), '--dir', options.dataDir, ...persistenceArgs(options.durable)],
    user: null,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
    url: (port) => `redis://127.0.0.1:${port}`,
    answers: (port) => redisAnswers(port),
    discard: () => rmSync(options.dataDir, { recursive: true, force: true }),
  }
}
