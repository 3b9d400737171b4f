import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installationDir, repositoryRoot } from './repository.ts'
import type { ServiceName } from './service-names.ts'
import { type Supervisor, untilReady } from './supervisor.ts'

/** A service that runs as a process of its own. */
export interface ServiceProcess {
  name: ServiceName
  /** Of the current or the last process. */
  readonly pid: number
  url: string
  logPath: string
  /** Settles when the current process has ended, with the reason. */
  readonly exited: Promise<string>
  /** The end of its log, in readable form. */
  lastWords(): string
  /** Sends the signal and returns when the process has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Asks it to stop, kills it after ten seconds. */
  stop(): Promise<void>
  /** Starts it again on the same port, after stopping it if it runs; returns when it is ready. */
  restart(environment?: Record<string, string>): Promise<void>
}

export interface ServiceProcessOptions {
  supervisor: Supervisor
  name: ServiceName
  port: number
  /** The variables of its configuration. Of our own environment it gets only PATH and a few others. */
  environment: Record<string, string>
  logPath: string
  /** Options for Node itself, e.g. `--cpu-prof`. */
  nodeOptions?: string[]
}

const readyTimeoutMs = 60_000
/**
 * Without these, V8 collects short-lived objects only after a hundred megabytes, and lets the heap grow fourfold between two full collections.
 * Lower values cost throughput: a growth of 180 keeps every service under 300 MB at full load, for a tenth of the calls a second.
 */
const heapOptions = ['--max-semi-space-size=8', '--heap-growing-percent=260']
/** Keeps stripped and compiled modules, so that each start of a service does not repeat that. */
const compileCacheDir = join(installationDir, 'compile-cache')
const stopGraceMs = 10_000
const passedOn = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']

/** Starts `services/<name>/src/main.ts` and waits until GET /ready answers 200. Its logs go to `logPath`. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  mkdirSync(dirname(options.logPath), { recursive: true })
  const url = `http://127.0.0.1:${options.port}`
  let running = launch(options, {})
  await untilReady(running, { probe: () => isReady(url), timeoutMs: readyTimeoutMs })
  return {
    name: options.name,
    url,
    logPath: options.logPath,
    get pid() {
      return running.pid
    },
    get exited() {
      return running.exited
    },
    lastWords: () => running.lastWords(),
    async kill(signal = 'SIGKILL') {
      running.kill(signal)
      await running.exited
    },
    stop: () => running.stop(),
    async restart(environment = {}) {
      await running.stop()
      running = launch(options, environment)
      await untilReady(running, { probe: () => isReady(url), timeoutMs: readyTimeoutMs })
    },
  }
}

function launch(options: ServiceProcessOptions, changes: Record<string, string>) {
  const inherited = Object.fromEntries(passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  return options.supervisor.start({
    name: options.name,
    command: process.execPath,
    args: [...heapOptions, ...(options.nodeOptions ?? []), join(repositoryRoot, 'services', options.name, 'src/main.ts')],
    env: { ...inherited, NODE_ENV: 'production', NODE_COMPILE_CACHE: compileCacheDir, ...options.environment, ...changes },
    cwd: repositoryRoot,
    logPath: options.logPath,
    stopSignal: 'SIGTERM',
    graceMs: stopGraceMs,
  })
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false // it does not listen yet
  }
}
