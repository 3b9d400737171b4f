import { type StreamName, streamNames } from './streams.ts'

/**
 * The services. Each has a folder of the same name in `services/`, a process, and a Postgres schema with a role of its own. The development stack,
 * the gateway, the database's roles and the tests read this table: a new service needs its folder and an entry here.
 *
 * Services stop in the opposite order: the gateway first.
 */
const behindGateway = {
  'program-api': {
    schema: 'program_api',
    port: 8100,
    urlVariable: 'PROGRAM_API_URL',
    publicRoutes: ['/contacts', '/custom-attributes', '/audiences', '/flows', '/dids', '/dnc', '/programs'],
    calls: [],
    emits: ['PROGRAMS'],
    follows: ['PROGRAMS'],
    takesFrom: [],
    variables: [],
  },
  billing: {
    schema: 'billing',
    port: 8120,
    urlVariable: 'BILLING_URL',
    publicRoutes: ['/billing'],
    calls: [],
    emits: ['BILLING'],
    follows: ['CALLS'],
    takesFrom: [],
    variables: [],
  },
  reporting: {
    schema: 'reporting',
    port: 8140,
    urlVariable: 'REPORTING_URL',
    publicRoutes: ['/program-execution', '/call-report', '/metrics-catalog'],
    calls: [],
    emits: [],
    follows: ['CALLS', 'PROGRAMS', 'BILLING'],
    takesFrom: [],
    variables: [],
  },
  'dialer-bridge': {
    schema: 'dialer_bridge',
    port: 8160,
    urlVariable: 'DIALER_BRIDGE_URL',
    publicRoutes: [],
    calls: [],
    emits: ['CALLS', 'DIAL'],
    follows: [],
    takesFrom: ['DIAL'],
    variables: ['MAX_CHANNELS', 'CARRIER', 'SIMULATED_CARRIER_PROFILE', 'SIMULATED_CARRIER_SEED', 'SIMULATED_CARRIER_LOG'],
  },
  orchestrator: {
    schema: 'orchestrator',
    port: 8180,
    urlVariable: 'ORCHESTRATOR_URL',
    publicRoutes: ['/programs/:id/launch', '/programs/:id/executions', '/program-executions', '/call-requests'],
    calls: ['program-api'],
    emits: ['DIAL', 'PROGRAMS'],
    follows: ['CALLS', 'BILLING', 'PROGRAMS'],
    takesFrom: [],
    variables: [],
  },
} as const

type BehindGateway = typeof behindGateway

/** A service that the gateway passes requests on to: it has public routes. */
export type Upstream = {
  [Name in keyof BehindGateway]: BehindGateway[Name]['publicRoutes'] extends readonly [] ? never : Name
}[keyof BehindGateway]

export const upstreams = (Object.keys(behindGateway) as (keyof BehindGateway)[]).filter(
  (name): name is Upstream => behindGateway[name].publicRoutes.length > 0,
)

const table = {
  ...behindGateway,
  gateway: {
    schema: 'gateway',
    port: 8080,
    urlVariable: 'GATEWAY_URL',
    publicRoutes: ['/organizations', '/api-keys'],
    calls: upstreams,
    emits: [],
    follows: [],
    takesFrom: [],
    variables: ['REDIS_URL', 'PLATFORM_API_KEY'],
  },
} as const

export type ServiceName = keyof typeof table

/** A variable that not every service reads. The development stack sets it. */
export type ServiceVariable = (typeof table)[ServiceName]['variables'][number]

interface Service {
  /** Its Postgres schema. Its role is `carillon_<schema>`. */
  schema: string
  /** With `npm start` it listens on this port. If the port is taken, it takes one of the 19 ports above it. */
  port: number
  /** The variable by which another service gets this one's address. */
  urlVariable: string
  /** The public paths that it answers, with everything below them. If two entries of the table fit a path, the longer one decides. */
  publicRoutes: readonly string[]
  /** The services that it calls over HTTP: it gets their addresses. */
  calls: readonly ServiceName[]
  /** The streams that it publishes messages to. */
  emits: readonly StreamName[]
  /** The streams that it reads. */
  follows: readonly StreamName[]
  /** The work queues that it takes orders from. */
  takesFrom: readonly StreamName[]
  /** The variables that it gets beside those addresses and what every service gets. */
  variables: readonly ServiceVariable[]
}

export const services = table satisfies Readonly<Record<ServiceName, Service>>

/** The streams that a service uses. All of them for what is no service of the platform, such as a test. */
export function streamsOf(name: string): StreamName[] {
  if (!Object.hasOwn(table, name)) return streamNames
  const { emits, follows, takesFrom }: Service = table[name as ServiceName]
  return streamNames.filter((stream) => [...emits, ...follows, ...takesFrom].includes(stream))
}

export const serviceNames = Object.keys(table) as ServiceName[]

/** Type of the variable of an upstream's address, e.g. `PROGRAM_API_URL`. */
export type UpstreamUrlVariable = BehindGateway[Upstream]['urlVariable']
