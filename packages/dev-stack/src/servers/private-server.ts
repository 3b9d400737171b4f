import { freePort } from '../free-port.ts'
import { type SupervisedProcess, type Supervisor, untilReady } from '../supervisor.ts'
import { UserError } from '../user-error.ts'
import type { Server, ServerName, ServerOptions } from './server.ts'
import type { SystemUser } from './unprivileged-user.ts'

/** How to run one of the servers from the program on this machine. */
export interface PrivateServer {
  name: ServerName
  command: string
  argsFor(port: number): string[]
  /** The user that it runs as, where that is not us. */
  user: SystemUser | null
  stopSignal: NodeJS.Signals
  /** Ends it as a crash would, its own child processes included. */
  killSignal: NodeJS.Signals
  url(port: number): string
  answers(port: number): Promise<boolean>
  /** Removes its data. */
  discard(): void
}

const readyTimeoutMs = 30_000
const stopGraceMs = 10_000

/** Starts the server on a free port of 127.0.0.1 and waits until it answers. */
export async function startPrivateServer(supervisor: Supervisor, definition: PrivateServer, options: ServerOptions): Promise<Server> {
  const port = await freePort()
  let running = await launch(supervisor, definition, options, port)
  return {
    name: definition.name,
    url: definition.url(port),
    origin: 'private',
    get pid() {
      return running.pid
    },
    async stop() {
      await running.stop()
      if (options.ephemeral) definition.discard()
    },
    async kill() {
      running.kill(definition.killSignal)
      await running.exited
    },
    async restart() {
      await running.stop()
      running = await launch(supervisor, definition, options, port)
    },
  }
}

/** The program's path, or one line that it is missing. */
export function required(path: string | null, program: string): string {
  if (!path) throw new UserError(`${program} is not installed`)
  return path
}

async function launch(
  supervisor: Supervisor,
  definition: PrivateServer,
  { logPath }: ServerOptions,
  port: number,
): Promise<SupervisedProcess> {
  const running = supervisor.start({
    name: definition.name,
    command: definition.command,
    args: definition.argsFor(port),
    env: { ...process.env, LC_ALL: 'C' },
    cwd: '/',
    ...(definition.user ? { user: { uid: definition.user.uid, gid: definition.user.gid } } : {}),
    logPath,
    stopSignal: definition.stopSignal,
    graceMs: stopGraceMs,
  })
  await untilReady(running, { probe: () => definition.answers(port), timeoutMs: readyTimeoutMs })
  return running
}
