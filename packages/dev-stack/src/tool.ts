import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { unlessAborted } from './interruption.ts'
import { stopTree } from './process-tree.ts'
import { repositoryRoot } from './repository.ts'

const stopGraceMs = 10_000

interface ToolRun {
  exitCode: number
  output: string
}

interface ToolOptions {
  signal: AbortSignal
  show?: boolean
  interactive?: boolean
  env?: Record<string, string>
}

/** The environment in which this repository's tools run: its own Node and programs first on PATH. */
function toolEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), join(repositoryRoot, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1', ...extra }
}

/**
 * Runs a program in the repository's root and returns when it has ended. When the signal aborts, it and every process that it started are
 * asked to stop (SIGTERM), and killed after ten seconds. With `show` it prints to the terminal, else its output is returned; with
 * `interactive` it reads the keyboard too.
 */
export async function runTool(
  program: string,
  args: string[],
  { signal, show = false, interactive = false, env = {} }: ToolOptions,
): Promise<ToolRun> {
  signal.throwIfAborted()
  const child = spawn(program, args, {
    cwd: repositoryRoot,
    env: toolEnvironment(env),
    // A process group of its own: Ctrl-C reaches this command alone, which stops the tool in order.
    detached: true,
    stdio: [interactive ? 'inherit' : 'ignore', ...(show ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const))],
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  try {
    const exitCode = await unlessAborted(signal, ended)
    return { exitCode, output: Buffer.concat(chunks).toString('utf8') }
  } catch (error) {
    if (child.pid !== undefined) await stopTree(child.pid, stopGraceMs)
    throw error
  }
}
