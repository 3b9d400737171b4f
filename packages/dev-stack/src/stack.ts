import { join } from 'node:path'
import { freePort, portNear } from './free-port.ts'
import { type EnvironmentOptions, serviceEnvironment } from './service-environment.ts'
import { type ServiceName, serviceNames } from './service-names.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'
import type { Supervisor } from './supervisor.ts'

export type StackOptions = EnvironmentOptions & {
  supervisor: Supervisor
  logsDir: string
  /** The gateway listens there, or on the next free port; any free port when absent. */
  gatewayPort?: number
  /** Which services; all, when absent. */
  only?: readonly ServiceName[]
  /** Further variables of a service, over those that it gets anyway. */
  extraEnvironment?: Partial<Record<ServiceName, Record<string, string>>>
  nodeOptions?: string[]
}

/** All services of one installation, each a process, and their addresses. */
export interface Stack {
  services: Record<ServiceName, ServiceProcess>
  gatewayUrl: string
  stop(): Promise<void>
}

/**
 * Starts the services side by side, each with its own role and the one clock, and waits until all are ready; when one is not,
 * those that are get stopped. A service that stops later stays so: whoever started the stack watches `firstExit` and decides.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const ports = await choosePorts(options.gatewayPort)
  const names = options.only ?? serviceNames
  const starting = names.map((name) =>
    startServiceProcess({
      supervisor: options.supervisor,
      name,
      port: ports[name],
      environment: { ...serviceEnvironment(name, ports, options), ...options.extraEnvironment?.[name] },
      logPath: join(options.logsDir, `${name}.log`),
      ...(options.nodeOptions ? { nodeOptions: options.nodeOptions } : {}),
    }),
  )
  const results = await Promise.allSettled(starting)
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const stop = async () => {
    // Who is asked last stops first: nothing new enters, and what is under way can still be answered.
    for (const service of [...running].sort(byStopOrder)) await service.stop()
  }
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) {
    await stop()
    throw failure.reason
  }
  return {
    services: Object.fromEntries(running.map((service) => [service.name, service])) as Stack['services'],
    gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
    stop,
  }
}

/** Resolves when one of the processes that run now has gone, with its name, how it went and the end of its log. */
export async function firstExit(stack: Stack): Promise<string> {
  return Promise.race(
    Object.values(stack.services).map(async (service) => {
      const how = await service.exited
      return `${service.name} stopped (${how})\n${service.lastWords()}`
    }),
  )
}

function byStopOrder(a: ServiceProcess, b: ServiceProcess): number {
  return serviceNames.indexOf(b.name) - serviceNames.indexOf(a.name)
}

async function choosePorts(gatewayPort: number | undefined): Promise<Record<ServiceName, number>> {
  const ports = new Map<ServiceName, number>()
  for (const name of serviceNames) {
    const port = name === 'gateway' && gatewayPort !== undefined ? await portNear(gatewayPort) : await freePort()
    if ([...ports.values()].includes(port)) return choosePorts(gatewayPort)
    ports.set(name, port)
  }
  return Object.fromEntries(ports) as Record<ServiceName, number>
}
