import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serviceNames } from '@carillon/contracts/services'
import { type Installation, openInstallation } from '../installation.ts'
import { Interrupted, unlessAborted } from '../interruption.ts'
import { repositoryRoot } from '../repository.ts'
import { firstExit, type Stack, startStack } from '../stack.ts'
import { step } from '../step.ts'
import { UserError } from '../user-error.ts'
import { helpText, parseStartArguments } from './arguments.ts'
import { duration } from './figures.ts'
import { type Plan, planRun } from './plan.ts'
import { refusedFile } from './refusal.ts'
import { accessLines, type FinishedRun, runPlan } from './run.ts'

const defaultMaxChannels = 500
/** Calls may go on for this long when the command stops. It is short, because their carrier is simulated. */
const drainMs = 2_000

/** `npm start [-- flags]`: everything up, one program run and reported on, then the API until Ctrl-C. */
export async function startCommand(args: string[], signal: AbortSignal): Promise<number> {
  const options = parseStartArguments(args)
  if (options.help || options.version) {
    process.stdout.write(options.help ? helpText : `carillon ${version()}\n`)
    return 0
  }
  const plan = planRun(options, Date.now())
  const beganAtMs = performance.now()
  const installation = await openInstallation({ speed: plan.speed, signal })
  try {
    const stack = await unlessAborted(signal, startServices(installation, plan))
    step(`services: up after ${duration(performance.now() - beganAtMs)}`)
    // Ctrl-C or a service that stops ends the command, whichever comes first.
    const ending = AbortSignal.any([signal, stopped(stack)])
    const run = await runPlan(plan, { installation, gatewayUrl: stack.gatewayUrl, out: process.stdout, ending })
    if (plan.once) return 0
    process.stdout.write(addressOf(stack, run, plan))
    return await serve(ending)
  } finally {
    step('stopping')
    await installation.close()
  }
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string }
  return manifest.version
}

async function startServices(installation: Installation, { carrierPath, hasOwnCarrier, seed }: Plan): Promise<Stack> {
  const { servers, dataDir } = installation
  step(`services: starting all ${serviceNames.length}`)
  const starting = startStack({
    ...installation,
    natsUrl: servers.natsUrl,
    redisUrl: servers.redisUrl,
    carrier: { profilePath: carrierPath, seed, logPath: join(dataDir, 'logs/originates.log') },
    maxChannels: defaultMaxChannels,
    logLevel: 'info',
    usualPorts: true,
    extraEnvironment: { 'dialer-bridge': { DRAIN_MS: String(drainMs) } },
  })
  try {
    return await starting
  } catch (error) {
    // Only the bridge knows the form of a profile; its last log line names the problem.
    const isRefusal = hasOwnCarrier && error instanceof UserError && error.message.startsWith('dialer-bridge stopped while starting')
    throw isRefusal ? refusedFile(carrierPath, `not a carrier profile: ${error.message.split('\n').at(-1)?.trim()}`) : error
  }
}

/** Aborts with the end of the log when a service stops. */
function stopped(stack: Stack): AbortSignal {
  const controller = new AbortController()
  void firstExit(stack).then((lastWords) => controller.abort(new UserError(lastWords)))
  return controller.signal
}

function addressOf({ gatewayUrl }: Stack, { access, executionId }: FinishedRun, { speed }: Plan): string {
  const pace = speed === 1 ? '' : `Platform time passes ${speed} times as fast as real time. `
  return [
    'The API serves on. Paste these lines into another terminal:',
    '',
    ...accessLines(gatewayUrl, access),
    `EXECUTION=${executionId}`,
    'curl -H "Authorization: Bearer $KEY" $API/program-execution/$EXECUTION/report',
    '',
    `Every route: ${gatewayUrl}/docs`,
    `${pace}Ctrl-C stops everything.\n`,
  ].join('\n')
}

/** Runs until Ctrl-C, which is a success here. */
async function serve(ending: AbortSignal): Promise<number> {
  try {
    return await unlessAborted(ending, Promise.withResolvers<never>().promise)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    if (process.stdout.isTTY) process.stdout.write('\n') // the terminal has written ^C
    return 0
  }
}
