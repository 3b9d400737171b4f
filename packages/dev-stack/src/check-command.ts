import { parseArgs } from 'node:util'
import { step } from './step.ts'
import { runTool } from './tool.ts'

/** Everything that must hold of the code besides its tests; each reads the whole workspace. */
const checks: { name: string; program: string; args: string[] }[] = [
  { name: 'format and lint', program: 'biome', args: ['check', '--error-on-warnings', '.'] },
  {
    name: 'types',
    program: 'turbo',
    args: ['run', 'typecheck', '--continue', '--output-logs=errors-only', '--log-order=grouped', '--concurrency=2'],
  },
  { name: 'unused code', program: 'knip', args: ['--no-config-hints'] },
  {
    name: 'dependencies',
    program: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'packages', 'services'],
  },
]

/** `npm run check`: exit code 1 when a check fails. */
export async function checkCommand(args: string[], signal: AbortSignal): Promise<number> {
  parseArgs({ args, options: {}, strict: true })
  return (await runChecks(signal)).length === 0 ? 0 : 1
}

/** Runs all checks, prints what each has to say, and returns the names of those that failed. */
export async function runChecks(signal: AbortSignal): Promise<string[]> {
  const failed: string[] = []
  for (const check of checks) {
    const startedAtMs = performance.now()
    const { exitCode, output } = await runTool(check.program, check.args, { signal })
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
    if (exitCode === 0) {
      step(`check: ${check.name} (${seconds} s)`)
    } else {
      step(`check: ${check.name} FAILED (${seconds} s)\n${output.trimEnd()}`)
      failed.push(check.name)
    }
  }
  return failed
}
