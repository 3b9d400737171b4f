import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { lastWords } from './last-words.ts'
import { identityOf } from './process-identity.ts'
import { UserError } from './user-error.ts'

/** How a process is started, and how it is asked to stop. */
export interface ProcessSpec {
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  cwd?: string
  /** The user that it runs as, where this process may choose. */
  user?: { uid: number; gid: number }
  /** Receives stdout and stderr; what an earlier run left stays. */
  logPath: string
  stopSignal: NodeJS.Signals
  /** How long it may take to stop before it is killed. */
  graceMs: number
}

export interface SupervisedProcess {
  name: string
  pid: number
  /** Settles when the process has ended, with the reason: `exit code 1`, `signal SIGKILL`. */
  exited: Promise<string>
  hasExited(): boolean
  /** The end of its log, in readable form. */
  lastWords(): string
  /** Sends the signal; a process that is gone already is no error. */
  kill(signal: NodeJS.Signals): void
  /** Asks it to stop, kills it after its grace, returns when it is gone. */
  stop(): Promise<void>
}

interface ProcessRecord {
  name: string
  pid: number
  identity: string
  stopSignal: NodeJS.Signals
}

export interface Supervisor {
  start(spec: ProcessSpec): SupervisedProcess
  /** Stops every process that still runs, the last started first, and refuses to start another. */
  close(): Promise<void>
}

/**
 * Starts processes and keeps a record of each under `<dataDir>/processes/`, so that nothing stays behind: `close` stops what still runs, and
 * `sweep` does so for an earlier run that was killed. Each process is the head of a process group of its own: Ctrl-C in the
 * terminal reaches the command alone, which then stops everything in order.
 */
export function createSupervisor(dataDir: string): Supervisor {
  const recordsDir = join(dataDir, 'processes')
  mkdirSync(recordsDir, { recursive: true })
  const running = new Set<SupervisedProcess>()
  let isClosed = false
  return {
    start(spec) {
      if (isClosed) throw new Error(`${spec.name} is not started: everything is being stopped`)
      const log = openSync(spec.logPath, 'a', 0o600)
      const logStart = fstatSync(log).size
      const child = spawn(spec.command, spec.args, {
        env: spec.env,
        cwd: spec.cwd,
        detached: true,
        stdio: ['ignore', log, log],
        ...spec.user,
      })
      closeSync(log)
      const exited = exitOf(child)
      if (child.pid === undefined) return failedToStart(spec.name, exited)

      const recordPath = writeRecord(recordsDir, spec, child.pid)
      const supervised = supervise(spec, child, child.pid, exited, logStart)
      running.add(supervised)
      void exited.then(() => {
        running.delete(supervised)
        rmSync(recordPath, { force: true })
      })
      return supervised
    },
    async close() {
      isClosed = true
      for (const supervised of [...running].reverse()) await supervised.stop()
    },
  }
}

function writeRecord(recordsDir: string, spec: ProcessSpec, pid: number): string {
  const path = join(recordsDir, `${pid}.json`)
  const record: ProcessRecord = { name: spec.name, pid, identity: identityOf(pid) ?? '', stopSignal: spec.stopSignal }
  writeFileSync(path, JSON.stringify(record), { mode: 0o600 })
  return path
}

/**
 * Stops what an earlier run with this data folder left running and returns the names. A stranger that got
 * the id of one of our processes is recognized by its start time and left alone.
 */
export async function sweep(dataDir: string, graceMs = 5_000): Promise<string[]> {
  const recordsDir = join(dataDir, 'processes')
  if (!existsSync(recordsDir)) return []
  const left = readdirSync(recordsDir).map((file) => {
    const path = join(recordsDir, file)
    const record = parseRecord(readFileSync(path, 'utf8'))
    return { path, record }
  })
  const alive = left.flatMap(({ record }) => (record && isSame(record) ? [record] : []))
  await Promise.all(alive.map((record) => stopByRecord(record, graceMs)))
  for (const { path } of left) rmSync(path, { force: true })
  return alive.map((record) => record.name)
}

/** Resolves once `probe` answers true; throws with the end of the log when the process exits first or the time is up. */
export async function untilReady(
  running: SupervisedProcess,
  { probe, timeoutMs }: { probe: () => Promise<boolean>; timeoutMs: number },
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    if (running.hasExited()) throw new UserError(`${running.name} stopped while starting (${await running.exited})\n${running.lastWords()}`)
    if (await probe()) return
    if (performance.now() > deadlineMs)
      throw new UserError(`${running.name} was not ready within ${timeoutMs / 1000} s\n${running.lastWords()}`)
    await delay(25)
  }
}

function supervise(spec: ProcessSpec, child: ChildProcess, pid: number, exited: Promise<string>, logStart: number): SupervisedProcess {
  const hasExited = () => child.exitCode !== null || child.signalCode !== null
  return {
    name: spec.name,
    pid,
    exited,
    hasExited,
    lastWords: () => lastWords(spec.logPath, logStart),
    kill: (signal) => void child.kill(signal),
    async stop() {
      if (hasExited()) return
      child.kill(spec.stopSignal)
      const grace = new AbortController()
      const killed = delay(spec.graceMs, undefined, { signal: grace.signal }).then(
        () => child.kill('SIGKILL'),
        () => false, // it stopped in time
      )
      await exited
      grace.abort()
      await killed
    },
  }
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
}

function failedToStart(name: string, exited: Promise<string>): SupervisedProcess {
  return { name, pid: 0, exited, hasExited: () => true, lastWords: () => '', kill: () => {}, stop: async () => {} }
}

async function stopByRecord(record: ProcessRecord, graceMs: number): Promise<void> {
  signal(record.pid, record.stopSignal)
  const deadlineMs = performance.now() + graceMs
  while (isSame(record) && performance.now() < deadlineMs) await delay(25)
  if (isSame(record)) signal(record.pid, 'SIGKILL')
  while (isSame(record)) await delay(25)
}

function isSame(record: ProcessRecord): boolean {
  return record.identity !== '' && identityOf(record.pid) === record.identity
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // gone meanwhile is what we want
  }
}

/** Null for a file that a crash cut short. */
function parseRecord(text: string): ProcessRecord | null {
  try {
    return JSON.parse(text) as ProcessRecord
  } catch {
    return null
  }
}
