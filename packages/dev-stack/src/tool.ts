import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { repositoryRoot } from './repository.ts'

type ToolRun = { exitCode: number; output: string }

/** The environment in which this repository's tools run: its own Node and programs first on PATH. */
function toolEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), join(repositoryRoot, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1', ...extra }
}

/**
 * Runs a program in the repository's root and returns when it has ended; when the signal aborts it is asked to stop (SIGTERM) and killed after ten
 * seconds. With `show` it has the terminal, else its output is returned.
 */
export async function runTool(
  program: string,
  args: string[],
  { signal, show = false, env = {} }: { signal: AbortSignal; show?: boolean; env?: Record<string, string> },
): Promise<ToolRun> {
  signal.throwIfAborted()
  const child = spawn(program, args, {
    cwd: repositoryRoot,
    env: toolEnvironment(env),
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk))

  let killTimer: NodeJS.Timeout | undefined
  const onAbort = () => {
    child.kill('SIGTERM')
    killTimer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
    signal.throwIfAborted()
    return { exitCode, output: Buffer.concat(chunks).toString('utf8') }
  } finally {
    signal.removeEventListener('abort', onAbort)
    clearTimeout(killTimer)
  }
}
