import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './repository.ts'
import { runTool } from './tool.ts'

/** A task of turbo.json that was run, or whose result came from the cache. */
export interface TaskResult {
  /** `check:types`, `test`. */
  task: string
  /** The folder of its package, `packages/money`; '' for the root. */
  folder: string
  isCached: boolean
  exitCode: number
  durationMs: number
}

export interface TurboOptions {
  signal: AbortSignal
  /** Runs every task, whatever the cache holds. */
  force?: boolean
  env?: Record<string, string>
}

interface Summary {
  tasks: {
    task: string
    package: string
    directory: string
    command: string
    cache: { status: 'HIT' | 'MISS' }
    execution?: { startTime: number; endTime: number; exitCode?: number }
  }[]
}

const noCommand = '<NONEXISTENT>'

/** Runs tasks with everything that they depend on, side by side. Prints what the tasks print, unless their results are cached. */
export async function runTasks(tasks: string[], { signal, force = false, env = {} }: TurboOptions): Promise<TaskResult[]> {
  const runsDir = join(repositoryRoot, '.turbo/runs')
  rmSync(runsDir, { recursive: true, force: true })
  const flags = ['--continue=always', '--summarize', '--output-logs=new-only', '--log-order=grouped', ...(force ? ['--force'] : [])]
  const { exitCode } = await runTool('turbo', ['run', ...tasks, ...flags], { signal, show: true, env })
  const [summary] = globSync('*.json', { cwd: runsDir })
  if (!summary) throw new Error(`turbo ended with exit code ${exitCode} and ran nothing`)
  return resultsOf(JSON.parse(readFileSync(join(runsDir, summary), 'utf8')) as Summary)
}

/** The folders of the packages whose result of this task is not in the cache. */
export async function uncachedFolders(task: string, { signal }: Pick<TurboOptions, 'signal'>): Promise<string[]> {
  const { output, exitCode } = await runTool('turbo', ['run', task, '--dry=json'], { signal })
  if (exitCode !== 0) throw new Error(`turbo cannot plan the run\n${output}`)
  const { tasks } = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as Summary
  return tasks.filter((own) => own.task === task && own.cache.status === 'MISS').map((own) => own.directory)
}

function resultsOf({ tasks }: Summary): TaskResult[] {
  const withCommand = tasks.filter(({ command }) => command !== noCommand)
  return withCommand.map(({ task, directory, cache, execution }) => ({
    task,
    folder: directory,
    isCached: cache.status === 'HIT',
    // A task without an execution did not run: turbo itself was stopped.
    exitCode: execution?.exitCode ?? 1,
    durationMs: execution ? execution.endTime - execution.startTime : 0,
  }))
}
