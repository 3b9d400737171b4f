import { join } from 'node:path'
import type { Identity, Role } from '@carillon/contracts/identity'
import type { ServiceName } from '@carillon/contracts/services'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { identityHeader } from '@carillon/service-kit/http/internal-auth'
import { openService, type ServiceDeps } from '@carillon/service-kit/process/service'
import { type TestDatabase, testDatabase } from './database.ts'
import { type TestNats, testNats } from './nats.ts'

export const internalAuthSecret = 'a secret of the tests alone'

/** Where platform time starts, and its speed. */
export interface TestClock {
  speed?: number
  startsAt?: string
}

export interface TestServiceOptions {
  clock?: TestClock
  /** To share with another instance of the service, or to keep over a restart. A new one when absent. */
  database?: TestDatabase
  nats?: TestNats
  leaseTtlMs?: number
  logLevel?: string
}

export interface TestService {
  deps: ServiceDeps
  database: TestDatabase
  nats: TestNats
  /** The headers of a request from the gateway for a caller of this role. */
  as(role: Role, overrides?: Partial<Identity>): Promise<Record<string, string>>
  /** Stops the service. Drops the database and closes the NATS connection unless they were given. */
  close(): Promise<void>
}

export const testOrganizationId = '018f0000-0000-7000-8000-00000000000a'
export const otherOrganizationId = '018f0000-0000-7000-8000-00000000000b'

/** Everything that a service is built from, against real servers. */
export async function openTestService(name: ServiceName, options: TestServiceOptions = {}): Promise<TestService> {
  const database = options.database ?? (await testDatabase(name))
  const nats = options.nats ?? (await testNats())
  const service = await openService(
    name,
    {
      HOST: '127.0.0.1',
      SERVICE_PORT: 0,
      DATABASE_URL: database.url,
      DATABASE_CONNECTIONS: 8,
      NATS_URL: nats.url,
      NATS_REPLICAS: 1,
      INTERNAL_AUTH_SECRET: internalAuthSecret,
      LOG_LEVEL: options.logLevel ?? 'silent',
      LEASE_TTL_MS: options.leaseTtlMs ?? 2_000,
      ...clockEnvironment(options.clock),
    },
    join(repositoryRoot, 'services', name, 'migrations'),
  )
  return {
    deps: service.deps,
    database,
    nats,
    async as(role, overrides = {}) {
      const identity: Identity = {
        organizationId: testOrganizationId,
        role,
        subject: 'user:test',
        country: 'MA',
        timezone: 'Africa/Casablanca',
        ...overrides,
      }
      return { [identityHeader]: await service.deps.auth.sign(identity) }
    },
    async close() {
      await service.close()
      if (!options.database) await database.drop()
      if (!options.nats) await nats.close()
    },
  }
}

function clockEnvironment(clock: TestClock | undefined) {
  if (!clock) return {}
  const now = new Date().toISOString()
  return { CLOCK_SPEED: clock.speed ?? 1, CLOCK_REAL_ANCHOR: now, CLOCK_VIRTUAL_ANCHOR: clock.startsAt ?? now }
}
