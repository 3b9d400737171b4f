import { join } from 'node:path'
import { type ServiceName, serviceNames, services } from '@carillon/contracts/services'
import { freePort, portNear } from './free-port.ts'
import { type EnvironmentOptions, serviceEnvironment } from './service-environment.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'
import type { Supervisor } from './supervisor.ts'

export type StackOptions = EnvironmentOptions & {
  supervisor: Supervisor
  logsDir: string
  /** Each service listens on its port of the table of services, or on a free one near it. When absent, on any free port. */
  usualPorts?: boolean
  /** The services to start. All of them when absent. */
  only?: readonly ServiceName[]
  /** More variables for a service. They override those that it gets anyway. */
  extraEnvironment?: Partial<Record<ServiceName, Record<string, string>>>
  nodeOptions?: string[]
}

/** The services of one installation, each a process, and the gateway's address. */
export interface Stack {
  services: Record<ServiceName, ServiceProcess>
  gatewayUrl: string
  stop(): Promise<void>
}

/**
 * Starts the services side by side, each with its own role and all with the same clock, and waits until all are ready. When one does not
 * become ready, the others are stopped. A service that stops later is not restarted: the caller watches `firstExit` and decides.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const ports = await choosePorts(options.usualPorts)
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
    // Stop the gateway first, then the services behind it: no new request enters, and requests in progress are still answered.
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

/** Resolves when one of the running processes has ended, with the service's name, how it ended and the end of its log. */
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

async function choosePorts(usual: boolean | undefined): Promise<Record<ServiceName, number>> {
  const ports = new Map<ServiceName, number>()
  for (const name of serviceNames) {
    const port = await (usual ? portNear(services[name].port) : freePort())
    if ([...ports.values()].includes(port)) return choosePorts(usual)
    ports.set(name, port)
  }
  return Object.fromEntries(ports) as Record<ServiceName, number>
}
