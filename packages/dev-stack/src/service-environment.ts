import { type Clock, clockEnvironment } from './clock.ts'
import type { DatabaseUrls } from './databases.ts'
import type { Secrets } from './secrets.ts'
import { type ServiceName, serviceNames } from './service-names.ts'

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
  return {
    SERVICE_PORT: String(ports[service]),
    HOST: '127.0.0.1',
    DATABASE_URL: options.databaseUrls[service],
    NATS_URL: options.natsUrl,
    REDIS_URL: options.redisUrl,
    INTERNAL_AUTH_SECRET: options.secrets.internalAuthSecret,
    LOG_LEVEL: options.logLevel,
    ...clockEnvironment(options.clock),
    ...ownVariables[service]?.(ports, options),
  }
}

const ownVariables: Partial<
  Record<ServiceName, (ports: Record<ServiceName, number>, options: EnvironmentOptions) => Record<string, string>>
> = {
  gateway: (ports, { secrets }) => ({ PLATFORM_API_KEY: secrets.platformApiKey, ...urlsOf(ports, 'gateway') }),
  orchestrator: (ports) => ({ PROGRAM_API_URL: urlOf(ports['program-api']) }),
  'dialer-bridge': (_ports, { carrier, maxChannels }) => ({
    CARRIER: 'simulated',
    SIMULATED_CARRIER_PROFILE: carrier.profilePath,
    SIMULATED_CARRIER_SEED: String(carrier.seed),
    SIMULATED_CARRIER_LOG: carrier.logPath,
    MAX_CHANNELS: String(maxChannels),
  }),
}

/** `PROGRAM_API_URL`, `BILLING_URL`, … of every service but one. */
function urlsOf(ports: Record<ServiceName, number>, but: ServiceName): Record<string, string> {
  const others = serviceNames.filter((name) => name !== but)
  return Object.fromEntries(others.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, urlOf(ports[name])]))
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}
