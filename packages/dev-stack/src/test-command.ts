import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checks, describe } from './check-command.ts'
import { repositoryRoot } from './repository.ts'
import { step } from './step.ts'
import { type Outcome, outcomeOf, sumOf } from './test-report.ts'
import { removeLeftovers, type TestServers, withTestServers } from './test-servers.ts'
import { workersPerPackage } from './test-slots.ts'
import { runTool } from './tool.ts'
import { runTasks, type TaskResult, uncachedFolders } from './turbo.ts'
import { workspaceFolders } from './workspace.ts'

/**
 * `npm test`: all checks, and the tests of every package whose result is not cached. `npm test -- --force` ignores the cache. With any other
 * argument vitest alone runs, with these arguments. The last line is `N passed, N failed`; a check that fails counts as one failed.
 */
export async function testCommand(args: string[], signal: AbortSignal): Promise<number> {
  await removeLeftovers()
  const isWhole = args.every((arg) => arg === '--force')
  const { passed, failed } = isWhole ? await runAll(args.includes('--force'), signal) : await runFiltered(args, signal)
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

/** `npm run test:watch [-- filter…]`: vitest runs what a change concerns, again and again; the servers stay up. */
export async function testWatchCommand(args: string[], signal: AbortSignal): Promise<number> {
  await removeLeftovers()
  return withTestServers(signal, async ({ env, areOwn }) => {
    const workers = { TEST_WORKERS: String(areOwn ? workersPerPackage : 1) }
    const { exitCode } = await runTool(process.execPath, vitestArgs(['watch', ...args]), {
      signal,
      show: true,
      interactive: true,
      env: { ...env, ...workers },
    })
    return exitCode
  })
}

async function runAll(force: boolean, signal: AbortSignal): Promise<Outcome> {
  const toRun = force ? workspaceFolders() : await uncachedFolders('test', { signal })
  for (const folder of workspaceFolders()) rmSync(reportOf(folder), { force: true })
  const run = (servers?: TestServers) => runTasks([...checks, 'test'], { signal, force, env: environmentOf(toRun, servers) })
  // Servers take some seconds to start: not for a run that needs none.
  const results = toRun.some(needsServers) ? await withTestServers(signal, run) : await run()
  step('')
  for (const result of results) step(describe(result))
  return sumOf(results.map(outcomeOfTask))
}

/** Two packages run at the same time, with one worker each; a package that runs alone has two. */
function environmentOf(toRun: string[], servers?: TestServers): Record<string, string> {
  if (!servers) return {}
  const alone = servers.areOwn ? workersPerPackage : 1
  const isOneByOne = toRun.filter((folder) => folder !== 'packages/end-to-end').length <= 1
  return {
    ...servers.env,
    TEST_WORKERS: String(isOneByOne ? alone : 1),
    TEST_WORKERS_ALONE: String(alone),
    ...(servers.areOwn ? {} : { TURBO_CONCURRENCY: '1' }),
  }
}

function outcomeOfTask({ task, folder, exitCode }: TaskResult): Outcome {
  if (task === 'test') return outcomeOf(reportOf(folder), exitCode)
  return { passed: 0, failed: exitCode === 0 ? 0 : 1 }
}

async function runFiltered(args: string[], signal: AbortSignal): Promise<Outcome> {
  return withTestServers(signal, async ({ dataDir, env, areOwn }) => {
    const reportPath = join(dataDir, 'vitest.json')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`]
    const workers = { TEST_WORKERS: String(areOwn ? workersPerPackage : 1) }
    const { exitCode } = await runTool(process.execPath, vitestArgs(['run', ...reporters, ...args]), {
      signal,
      show: true,
      env: { ...env, ...workers },
    })
    return outcomeOf(reportPath, exitCode)
  })
}

function vitestArgs(args: string[]): string[] {
  const config = join(repositoryRoot, 'packages/testing/vitest.config.ts')
  const [command = 'run', ...rest] = args
  return [join(repositoryRoot, 'node_modules/vitest/vitest.mjs'), command, '--config', config, ...rest]
}

/** The report that a package's tests leave, also where turbo restores it from its cache. */
function reportOf(folder: string): string {
  return join(repositoryRoot, folder, '.carillon/tests.json')
}

function needsServers(folder: string): boolean {
  return readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8').includes('"@carillon/testing"')
}
