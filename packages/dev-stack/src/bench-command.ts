import { join } from 'node:path'
import { repositoryRoot } from './repository.ts'
import { runTool } from './tool.ts'

/** `npm run bench [-- flags]`: the end-to-end package's bench, as a program of its own. */
export async function benchCommand(args: string[], signal: AbortSignal): Promise<number> {
  const program = join(repositoryRoot, 'packages/end-to-end/bench/bench.ts')
  const { exitCode } = await runTool(process.execPath, [program, ...args], { signal, show: true })
  return exitCode
}
