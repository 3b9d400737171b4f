import { spawn } from 'node:child_process'

export interface CommandResult {
  exitCode: number
  output: string
}

/**
 * Runs a command to its end and returns its exit code and what it printed (both streams, in order of arrival). A command that cannot be
 * started has exit code 127, as in a shell.
 */
export async function runCommand(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number } = {},
): Promise<CommandResult> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const exitCode = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`))
      resolve(127)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
  return { exitCode, output: Buffer.concat(chunks).toString('utf8') }
}
