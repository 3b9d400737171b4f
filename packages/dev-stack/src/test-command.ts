import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChecks } from './check-command.ts'
import { dropDatabases, prepareDatabase, withDatabase } from './databases.ts'
import { unlessAborted } from './interruption.ts'
import { identityOf } from './process-identity.ts'
import { installationDir, repositoryRoot } from './repository.ts'
import { loadSecrets } from './secrets.ts'
import { type Servers, startServers } from './servers/servers.ts'
import { Supervisor, sweep } from './supervisor.ts'
import { runTool } from './tool.ts'

/** Test files that run side by side. Each has a NATS account and a Redis database of its own. */
const workers = 2

/**
 * `npm test [-- filter… | vitest's own flags]`: the checks, unless a filter narrows the run, then all tests against servers of their own. The last line
 * is `N passed, N failed`; a check that fails counts as one failed, and no test is run then.
 */
export async function testCommand(args: string[], signal: AbortSignal): Promise<number> {
  await removeLeftovers()
  const failedChecks = args.length === 0 ? await runChecks(signal) : []
  if (failedChecks.length > 0) return close({ passed: 0, failed: failedChecks.length })

  const runName = `test-${process.pid}`
  const dataDir = join(installationDir, runName)
  mkdirSync(dataDir, { recursive: true })
  const supervisor = new Supervisor(dataDir)
  const secrets = loadSecrets(join(installationDir, 'secrets.json'))
  let cleanUp = async () => {}
  try {
    const starting = startServers({
      supervisor,
      dataDir,
      ephemeral: true,
      superuserPassword: secrets.superuserPassword,
      natsAccounts: workers,
    })
    const servers = await unlessAborted(signal, starting)
    const template = `carillon_${runName.replace('-', '_')}`
    cleanUp = () => stopServers(servers, template)
    await prepareDatabase(servers.databaseUrl, { database: template, rolePasswords: secrets.rolePasswords })
    return close(await runVitest(args, environmentOf(servers, template, dataDir), dataDir, signal))
  } finally {
    await sweepTestProcesses(dataDir, supervisor, cleanUp)
  }
}

interface Outcome {
  passed: number
  failed: number
}

function close({ passed, failed }: Outcome): number {
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

async function runVitest(args: string[], env: Record<string, string>, dataDir: string, signal: AbortSignal): Promise<Outcome> {
  const reportPath = join(dataDir, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`]
  const config = join(repositoryRoot, 'packages/testing/vitest.config.ts')
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs')
  const { exitCode } = await runTool(process.execPath, [vitest, 'run', '--config', config, ...reporters, ...args], {
    signal,
    show: true,
    env,
  })
  return outcomeOf(reportPath, exitCode)
}

/** What vitest's JSON report says; a file that could not be loaded, or a run that failed for a reason outside any test, is one failure more. */
export function outcomeOf(reportPath: string, exitCode: number): Outcome {
  if (!existsSync(reportPath)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(reportPath, 'utf8')) as VitestReport
  const unloadable = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  const failed = report.numFailedTests + unloadable
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed }
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

function environmentOf(servers: Servers, template: string, dataDir: string): Record<string, string> {
  const isOwnNats = servers.servers.some(({ name, origin }) => name === 'nats' && origin !== 'environment')
  return {
    TEST_DATABASE_URL: withDatabase(servers.databaseUrl, template),
    TEST_NATS_URL: servers.natsUrl,
    TEST_REDIS_URL: servers.redisUrl,
    TEST_DATA_DIR: dataDir,
    // A NATS that the environment named has one account: test files take turns.
    TEST_WORKERS: String(isOwnNats ? workers : 1),
  }
}

async function stopServers(servers: Servers, template: string): Promise<void> {
  if (servers.servers.some(({ name, origin }) => name === 'postgres' && origin === 'environment')) {
    await dropDatabases(servers.databaseUrl, template)
  }
  await servers.stop()
}

/** Tests start processes too, and a worker that was killed left them running: they stop before the servers do. */
async function sweepTestProcesses(dataDir: string, supervisor: Supervisor, stop: () => Promise<void>): Promise<void> {
  for (const dir of stackDirs(dataDir)) await sweep(dir)
  await stop()
  await supervisor.close()
  rmSync(dataDir, { recursive: true, force: true })
}

/** Folders of test runs whose command is gone, with whatever still runs from them. */
async function removeLeftovers(): Promise<void> {
  if (!existsSync(installationDir)) return
  for (const name of readdirSync(installationDir)) {
    const pid = /^test-(\d+)$/.exec(name)?.[1]
    if (!pid || identityOf(Number(pid)) !== null) continue
    const dir = join(installationDir, name)
    for (const stackDir of stackDirs(dir)) await sweep(stackDir)
    await sweep(dir)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The folders of the stacks that tests started: `<dataDir>/stacks/<name>`. */
function stackDirs(dataDir: string): string[] {
  const parent = join(dataDir, 'stacks')
  return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : []
}
