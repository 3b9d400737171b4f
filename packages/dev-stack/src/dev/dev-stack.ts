import { join } from 'node:path'
import type { ServiceName } from '@carillon/contracts/services'
import { freePort, portNear } from '../free-port.ts'
import { openInstallation } from '../installation.ts'
import { Interrupted, unlessAborted } from '../interruption.ts'
import { type Stack, startStack } from '../stack.ts'
import { parseStartArguments } from '../start/arguments.ts'
import { openOrganization } from '../start/organization.ts'
import { planRun } from '../start/plan.ts'
import { accessLines } from '../start/run.ts'
import { followLog } from './follow-log.ts'
import { prettyLine } from './pretty-line.ts'
import { type Restarter, startRestarter } from './restarter.ts'
import { watchSources } from './source-watch.ts'

export interface DevOptions {
  dataDir: string
  watched: readonly ServiceName[]
  /** Opens a debugger port for each watched service. */
  inspect: boolean
  say(line: string): void
  /** Ends everything when it aborts. */
  signal: AbortSignal
  /** Called when everything is up and watched. */
  onReady?(stack: Stack): void
}

const inspectorPort = 9229
const maxChannels = 500

/** Servers and services with a watch on the sources; returns when the signal has aborted and everything is stopped. */
export async function runDev(options: DevOptions): Promise<void> {
  const { dataDir, watched, say, signal } = options
  const installation = await openInstallation({ dataDir, speed: 1, signal })
  const ends: (() => void)[] = []
  try {
    const plan = planRun(parseStartArguments([]), Date.now())
    const starting = startStack({
      ...installation,
      natsUrl: installation.servers.natsUrl,
      redisUrl: installation.servers.redisUrl,
      carrier: { profilePath: plan.carrierPath, seed: plan.seed, logPath: join(dataDir, 'logs/originates.log') },
      maxChannels,
      logLevel: 'info',
      usualPorts: true,
      extraEnvironment: await environmentOf(options),
    })
    const stack = await unlessAborted(signal, starting)
    const secretsPath = join(dataDir, 'secrets.json')
    const access = await unlessAborted(signal, openOrganization(stack.gatewayUrl, plan, { secrets: installation.secrets, secretsPath }))

    const restarter = startRestarter(Object.values(stack.services), say)
    ends.push(() => restarter.end())
    for (const name of watched) {
      const prefix = name.padEnd(Math.max(...watched.map(({ length }) => length)))
      ends.push(followLog(stack.services[name].logPath, (line) => say(prettyLine(prefix, line))))
    }
    ends.push(watchSources(watched, (names) => restartAll(restarter, names)))
    for (const line of accessLines(stack.gatewayUrl, access)) say(line)
    say(`every route: ${stack.gatewayUrl}/docs`)
    say(`watching ${watched.join(', ')}; Ctrl-C stops everything`)
    options.onReady?.(stack)
    await unlessAborted(signal, Promise.withResolvers<never>().promise)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
  } finally {
    for (const end of ends.reverse()) end()
    say('stopping')
    await installation.close()
  }
}

function restartAll(restarter: Restarter, names: readonly ServiceName[]): void {
  for (const name of names) restarter.restart(name)
}

async function environmentOf({ watched, inspect, say }: DevOptions): Promise<Partial<Record<ServiceName, Record<string, string>>>> {
  // A restart must not wait for calls that are going on.
  const environment: Partial<Record<ServiceName, Record<string, string>>> = { 'dialer-bridge': { DRAIN_MS: '0' } }
  if (!inspect) return environment
  for (const [index, name] of watched.entries()) {
    const port = index === 0 ? await portNear(inspectorPort) : await freePort()
    say(`debugger ${name} on 127.0.0.1:${port}`)
    environment[name] = { ...environment[name], NODE_OPTIONS: `--inspect=127.0.0.1:${port}` }
  }
  return environment
}
