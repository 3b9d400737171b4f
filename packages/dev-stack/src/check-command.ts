import { parseArgs } from 'node:util'
import { step } from './step.ts'
import { runTool } from './tool.ts'
import { runTasks, type TaskResult } from './turbo.ts'

/** Everything that must hold of the code besides its tests: scripts of the root's package.json. Each reads the whole workspace. */
export const checks = ['check:format', 'check:types', 'check:unused', 'check:borders', 'check:house', 'check:api']

/** `npm run check [-- --force]`: exit code 1 when a check fails. */
export async function checkCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args, options: { force: { type: 'boolean' } }, strict: true })
  const results = await runTasks(checks, { signal, force: values.force === true })
  for (const result of results) step(describe(result))
  return results.every(({ exitCode }) => exitCode === 0) ? 0 : 1
}

/** `npm run fix`: formats, and repairs what the linter can repair safely. */
export async function fixCommand(args: string[], signal: AbortSignal): Promise<number> {
  const { exitCode } = await runTool('biome', ['check', '--write', ...(args.length > 0 ? args : ['.'])], { signal, show: true })
  return exitCode
}

/** `check:types 9.1 s`, `services/billing test FAILED 12.0 s`. */
export function describe({ task, folder, isCached, exitCode, durationMs }: TaskResult): string {
  const name = folder === '' ? task : `${folder} ${task}`
  const time = isCached ? 'from the cache' : `${(durationMs / 1000).toFixed(1)} s`
  return exitCode === 0 ? `${name} (${time})` : `${name} FAILED (${time})`
}
