import { mkdirSync, rmSync } from 'node:fs'
import { findOnPath } from './binaries.ts'
import { type PrivateServer, required } from './private-server.ts'
import { redisAnswers } from './probes.ts'
import type { ServerOptions } from './server.ts'

/** Redis keeps its data in an append-only file that is synced every second, or not at all. Each slot of a test run has a database of its own. */
export function redisArgs(durable: boolean): string[] {
  const databases = ['--databases', '128']
  return durable
    ? [...databases, '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec']
    : [...databases, '--save', '', '--appendonly', 'no']
}

/** A Redis of our own with its data under `dataDir`. */
export function privateRedis(options: ServerOptions): PrivateServer {
  mkdirSync(options.dataDir, { recursive: true })
  return {
    name: 'redis',
    command: required(findOnPath('redis-server'), 'redis-server'),
    argsFor: (port) => ['--bind', '127.0.0.1', '--port', String(port), '--dir', options.dataDir, ...redisArgs(options.durable)],
    user: null,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
    url: (port) => `redis://127.0.0.1:${port}`,
    answers: (port) => redisAnswers(port),
    discard: () => rmSync(options.dataDir, { recursive: true, force: true }),
  }
}
