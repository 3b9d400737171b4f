import { type ServiceName, type ServiceVariable, services } from '@carillon/contracts/services'
import { type Clock, clockEnvironment } from './clock.ts'
import type { DatabaseUrls } from './databases.ts'
import type { Secrets } from './secrets.ts'

/** The simulated carrier's configuration. */
export interface CarrierOptions {
  /** A JSON file with the profile: probabilities, durations, per-number scripts. */
  profilePath: string
  seed: number
  /** Receives a line for every originate, apart from any database. */
  logPath: string
}

export interface EnvironmentOptions {
  databaseUrls: DatabaseUrls
  natsUrl: string
  redisUrl: string
  secrets: Pick<Secrets, 'internalAuthSecret' | 'platformApiKey'>
  clock: Clock
  carrier: CarrierOptions
  /** How many calls the bridge holds at once. */
  maxChannels: number
  logLevel: string
}

/** Everything that a service's configuration reads from its environment. `ports` are those of all services, on 127.0.0.1. */
export function serviceEnvironment(
  service: ServiceName,
  ports: Record<ServiceName, number>,
  options: EnvironmentOptions,
): Record<string, string> {
  const { calls, variables } = services[service]
  const values = valuesOf(options)
  return {
    SERVICE_PORT: String(ports[service]),
    HOST: '127.0.0.1',
    DATABASE_URL: options.databaseUrls[service],
    NATS_URL: options.natsUrl,
    INTERNAL_AUTH_SECRET: options.secrets.internalAuthSecret,
    LOG_LEVEL: options.logLevel,
    ...clockEnvironment(options.clock),
    ...Object.fromEntries(calls.map((name) => [services[name].urlVariable, `http://127.0.0.1:${ports[name]}`])),
    ...Object.fromEntries(variables.map((name) => [name, values[name]])),
  }
}

/** What this installation sets the services' own variables to. */
function valuesOf({ redisUrl, secrets, carrier, maxChannels }: EnvironmentOptions): Record<ServiceVariable, string> {
  return {
    REDIS_URL: redisUrl,
    PLATFORM_API_KEY: secrets.platformApiKey,
    MAX_CHANNELS: String(maxChannels),
    CARRIER: 'simulated',
    SIMULATED_CARRIER_PROFILE: carrier.profilePath,
    SIMULATED_CARRIER_SEED: String(carrier.seed),
    SIMULATED_CARRIER_LOG: carrier.logPath,
  }
}
