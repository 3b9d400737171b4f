import { randomUUID } from 'node:crypto'
import { streamsOf } from '@carillon/contracts/services'
import type { Static, TObject } from '@sinclair/typebox'
import closeWithGrace from 'close-with-grace'
import pLimit from 'p-limit'
import { forgetOldKeys } from '../http/idempotency.ts'
import { type InternalAuth, internalAuth } from '../http/internal-auth.ts'
import { deadLetterCommand } from '../messaging/dead-letter-command.ts'
import { connectNats, type NatsConnection } from '../messaging/nats.ts'
import { type OutboxRelay, startOutboxRelay } from '../messaging/outbox-relay.ts'
import type { ProjectedEvent, Projection } from '../messaging/projection.ts'
import type { ProjectionDeps } from '../messaging/projection-deps.ts'
import { type RunningProjection, startProjection } from '../messaging/projection-runner.ts'
import { keepStreams } from '../messaging/stream-keeper.ts'
import { ensureStreams, StreamConfigurationError } from '../messaging/streams.ts'
import { connectDatabase } from '../postgres/connect-database.ts'
import { type Database, isTransient } from '../postgres/database.ts'
import { migrate } from '../postgres/migrations.ts'
import { anchorFrom, type Clock, databaseClock } from './clock.ts'
import { ConfigurationError, loadConfig, type ServiceEnvironment } from './config.ts'
import { withDeadline } from './deadline.ts'
import { every, type RegularWork, type RunningWork } from './every.ts'
import { createLogger, type Logger } from './logger.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { untilDone } from './patience.ts'
import { createWatchdog, OverdueError, type Watchdog } from './watchdog.ts'

/** What a service is built from: its connections, its clock and what else reaches outside the process, ready to use. */
export interface ServiceDeps {
  logger: Logger
  metrics: Metrics
  database: Database
  nats: NatsConnection
  clock: Clock
  auth: InternalAuth
  /** The outbox relay's signal, for `appendToOutbox`. */
  outbox: OutboxRelay
  /** Unique to this process. */
  replicaId: string
  /** Runs a projection until the service stops. */
  project<E extends ProjectedEvent>(projection: Projection<E>): RunningProjection
  /** Runs work at intervals until the service stops; failures are logged. */
  every(work: RegularWork): RunningWork
  /** Shows what does not get on; `every` and `project` are watched. */
  watchdog: Watchdog
  /**
   * Throws while the database or NATS cannot be reached, a stream is missing, messages cannot be published, or a lane fails, and an {@link OverdueError}
   * while work does not get on.
   */
  ready(): Promise<void>
  /** Registers a function that runs when the service stops. The last one that was registered runs first. */
  onStop(stop: () => Promise<void> | void): void
}

/** More than one, since a batch may wait for a row lock. Few, since each holds a thousand events in memory. */
const concurrentBatches = 4
/** Who asks whether a service is ready waits a few seconds for the answer. */
const readyMs = 2_000

/** Connects everything that a service needs, and migrates its schema. */
export async function openService(name: string, config: ServiceEnvironment, migrations: string) {
  const logger = createLogger(name, config.LOG_LEVEL)
  const metrics = createMetrics(name)
  const replicaId = `${name}-${randomUUID()}`
  const anchor = anchorFrom(config)
  const watchdog = createWatchdog(metrics.registry)
  const database = connectDatabase({
    url: config.DATABASE_URL,
    name: replicaId,
    connections: config.DATABASE_CONNECTIONS,
    anchor,
    onLost(error) {
      metrics.databaseConnectionsLost.inc()
      logger.warn({ err: error }, 'connection to the database lost')
    },
  })
  const applied = await untilDone({ what: 'Postgres', logger, work: () => migrateSchema(database, migrations), isPassing: isTransient })
  if (applied.length > 0) logger.info({ applied }, 'schema migrated')
  const clock = await untilDone({
    what: 'Postgres',
    logger,
    work: () => databaseClock(database.sql, anchor, { logger, watchdog }),
    isPassing: isTransient,
  })
  const nats = await untilDone({ what: 'NATS', logger, work: () => connectNats(config.NATS_URL, replicaId), isPassing: () => true })
  const names = streamsOf(name)
  await untilDone({
    what: 'the streams in NATS',
    logger,
    work: () => ensureStreams(nats, config.NATS_REPLICAS, names),
    isPassing: (error) => !(error instanceof StreamConfigurationError),
  })
  const streams = keepStreams({ connection: nats, names, replicas: config.NATS_REPLICAS, logger, metrics, watchdog })
  const outbox = startOutboxRelay({ database, connection: nats, logger, metrics, leaseTtlMs: config.LEASE_TTL_MS })
  const projections: { name: string; running: RunningProjection }[] = []
  const stops: (() => Promise<void> | void)[] = []
  const projectionDeps: ProjectionDeps = {
    database,
    connection: nats,
    logger,
    metrics,
    replicaId,
    leaseTtlMs: config.LEASE_TTL_MS,
    limitBatches: pLimit(concurrentBatches),
    watchdog,
  }
  const deps: ServiceDeps = {
    logger,
    metrics,
    database,
    nats,
    clock,
    auth: internalAuth(config.INTERNAL_AUTH_SECRET, clock.realNow),
    outbox,
    replicaId,
    project(projection) {
      const running = startProjection(projection, projectionDeps)
      projections.push({ name: projection.name, running })
      stops.push(() => running.stop())
      return running
    },
    every(work) {
      const running = every(work, { logger, watchdog })
      stops.push(running.stop)
      return running
    },
    watchdog,
    async ready() {
      await database.promptly(readyMs, (sql) => sql`select 1`)
      await withDeadline(nats.flush(), readyMs, () => new Error('NATS does not answer'))
      const overdue = watchdog.overdue()
      if (overdue.length > 0) throw new OverdueError(overdue)
      streams.ready()
      outbox.ready()
      for (const { name, running } of projections) {
        const failing = running.lanesFailing()
        if (failing.length > 0) throw new Error(`${name}: the lanes ${failing.join()} fail`)
      }
    },
    onStop: (stop) => stops.push(stop),
  }
  deps.every({ name: 'forget old idempotency keys', intervalMs: 3_600_000, work: () => forgetOldKeys(database) })
  return {
    deps,
    /** Runs the stop functions, last one first, stops the outbox relay, and disconnects. */
    async close() {
      for (const stop of stops.splice(0).reverse()) await stop()
      await streams.stop()
      await outbox.stop()
      await clock.stop()
      await nats.close()
      await database.close()
    },
  }
}

async function migrateSchema(database: Database, migrations: string): Promise<string[]> {
  const connection = database.dedicated()
  try {
    return await migrate(connection, migrations)
  } finally {
    await connection.end()
  }
}

interface ServiceDefinition<T extends TObject> {
  name: string
  environment: T
  /** Path of the folder of SQL files. */
  migrations: string
  /** How long the service may take to stop beside the usual ten seconds, in real milliseconds. */
  stopMs?(config: Static<T>): number
  /** Builds the service and returns its HTTP side, not yet listening. Rejects with a {@link ConfigurationError} if a file that the environment names is not valid. */
  build(deps: ServiceDeps, config: Static<T>): Promise<HttpSide>
}

interface HttpSide {
  listen(options: { host: string; port: number }): Promise<string>
  drain(): Promise<void>
  close(): Promise<void>
}

/**
 * Runs a service as a process: reads its configuration, connects, listens, and ends cleanly on SIGTERM, SIGINT or an uncaught error. With the arguments
 * `dead-letters …` it runs that command instead.
 */
export async function runService<T extends TObject>(definition: ServiceDefinition<T>): Promise<void> {
  const config = configuration(definition)
  const base = config as ServiceEnvironment
  const [command, ...rest] = process.argv.slice(2)
  if (command === 'dead-letters') return runDeadLetterCommand(definition.name, base, rest)
  const service = await openService(definition.name, base, definition.migrations)
  const { logger } = service.deps
  const app = await definition.build(service.deps, config).catch((error) => refuse(definition.name, error))
  closeWithGrace({ delay: 10_000 + (definition.stopMs?.(config) ?? 0), logger }, async ({ signal, err }) => {
    if (err) logger.fatal({ err }, 'service failed')
    logger.info({ signal }, 'service stopping')
    await app.drain()
    await app.close()
    await service.close()
    logger.info('service stopped')
  })
  const address = await app.listen({ host: base.HOST, port: base.SERVICE_PORT })
  logger.info({ address }, 'service listening')
}

function configuration<T extends TObject>(definition: ServiceDefinition<T>): Static<T> {
  try {
    return loadConfig(definition.environment, process.env)
  } catch (error) {
    return refuse(definition.name, error)
  }
}

async function runDeadLetterCommand(name: string, config: ServiceEnvironment, args: readonly string[]): Promise<void> {
  const database = connectDatabase({ url: config.DATABASE_URL, name: `${name} dead-letters`, connections: 2, anchor: anchorFrom(config) })
  try {
    process.exitCode = await deadLetterCommand(database, args, (text) => process.stdout.write(text))
  } finally {
    await database.close()
  }
}

/** Prints what is wrong with the environment, and ends the process with EX_CONFIG of sysexits.h. */
function refuse(name: string, error: unknown): never {
  if (!(error instanceof ConfigurationError)) throw error
  process.stderr.write(`${name}: ${error.message}\n`)
  process.exit(78)
}
