import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Interrupted, interruption, unlessAborted } from '@carillon/dev-stack/interruption'
import { step } from '@carillon/dev-stack/step'
import { UserError } from '@carillon/dev-stack/user-error'
import { benchCalls } from './calls.ts'
import { summarizeProfiles } from './cpu-profiles.ts'
import { callsTables, launchTables, profileTables } from './figures.ts'
import { type Installation, openInstallation } from './installation.ts'
import { benchLaunch } from './launch.ts'

const usage = `npm run bench -- [flags]
  --contacts N     contacts who are called, once each (50000; 0: nobody)
  --launch N       contacts of the audience that is launched (1000000; 0: none)
  --concurrency N  calls at once (1500)
  --profile DIR    write a CPU profile of each service to this folder, and show where the time went`

interface Options {
  contacts: number
  launch: number
  concurrency: number
  profileDir: string | null
  help: boolean
}

process.exit(await main(process.argv.slice(2), interruption()))

/** Returns the exit code. */
async function main(args: string[], signal: AbortSignal): Promise<number> {
  try {
    const options = readOptions(args)
    if (options.help) say([usage])
    else await bench(options, signal)
    return 0
  } catch (error) {
    if (!(error instanceof Interrupted || error instanceof UserError)) throw error
    if (error instanceof UserError) step(error.message)
    return error.exitCode
  }
}

async function bench(options: Options, signal: AbortSignal): Promise<void> {
  const { contacts, launch, concurrency, profileDir } = options
  if (profileDir) mkdirSync(profileDir, { recursive: true })
  step('starting servers and services')
  const installation = await openInstallation({
    maxChannels: concurrency,
    nodeOptions: profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [],
  })
  try {
    await unlessAborted(signal, run(installation, { contacts, launch, concurrency }))
    if (profileDir) {
      await installation.stopServices()
      say(profileTables(summarizeProfiles(profileDir, 25)))
    }
  } finally {
    await installation.close()
  }
}

async function run(
  installation: Installation,
  { contacts, launch, concurrency }: Pick<Options, 'contacts' | 'launch' | 'concurrency'>,
): Promise<void> {
  if (contacts > 0) say(callsTables(await benchCalls(installation, { contacts, concurrency }, progress), availableParallelism()))
  if (launch > 0) say(launchTables(await benchLaunch(installation, { contacts: launch }, progress)))
}

function readOptions(args: string[]): Options {
  const { values } = parseFlags(args)
  const { contacts, launch, concurrency, profile, help = false } = values
  return {
    contacts: count('--contacts', contacts, 50_000),
    launch: count('--launch', launch, 1_000_000),
    concurrency: count('--concurrency', concurrency, 1_500),
    profileDir: profile === undefined ? null : resolve(profile),
    help,
  }
}

function parseFlags(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: { contacts: text, launch: text, concurrency: text, profile: text, help: { type: 'boolean' } },
    })
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n${usage}`)
  }
}

function count(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (!/^\d{1,8}$/.test(text)) throw new UserError(`${flag} takes a whole number, not "${text}"`)
  return Number(text)
}

function say(lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** One line that is overwritten, on a terminal only. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}
