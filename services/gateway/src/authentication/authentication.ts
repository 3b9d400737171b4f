import { type Identity, type Mode, modes, type Role, testFlag } from '@carillon/contracts/identity'
import { Uuid } from '@carillon/contracts/scalars'
import { DomainError, forbiddenInTestMode, invalidField } from '@carillon/service-kit/domain/domain-error'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { Value } from '@sinclair/typebox/value'
import type { FastifyRequest } from 'fastify'
import type { GatewayConfig } from '../config.ts'
import { hashOf } from '../domain/api-key.ts'
import { credentialOf } from '../domain/credential.ts'
import { organizationNotFound } from '../domain/not-found.ts'
import type { Organization } from '../domain/organization.ts'
import { findValidKey, markUsed } from '../store/api-keys.ts'
import { findOrganization } from '../store/organizations.ts'
import { jwtReader } from './jwt.ts'
import { shortMemory } from './short-memory.ts'

/** A platform_admin names the organization that it acts for in this header. */
const organizationHeader = 'x-organization-id'

/** The mode of a request. A live key and a JWT are live without it; a test key is always in test mode. */
const modeHeader = 'x-mode'

/** Tells all replicas that a key or an organization changed. */
const changedSubject = 'gateway.callers-changed'

interface Caller {
  organization: Organization
  role: Role
  mode: Mode
  subject: string
}

/** Recognizes callers by their API key or JWT (contract rule 25). */
export interface Authentication {
  /** Throws a {@link DomainError} if the caller is unknown, or acts for an organization that it may not act for. */
  authenticate(request: FastifyRequest): Promise<Identity>
  /** Whether the request has an API key that was recognized in the last ten seconds. */
  isKnown(request: FastifyRequest): boolean
  /** Call it after a change has committed: all replicas look keys and organizations up again, this one at once. */
  callersChanged(): void
}

type Deps = Pick<ServiceDeps, 'database' | 'nats' | 'clock' | 'onStop'>

// A replica that does not get the message about a change still sees it after ten seconds.
const memory = { ttlMs: 10_000, maxEntries: 10_000, now: () => performance.now() }

export function startAuthentication({ database, nats, clock, onStop }: Deps, config: GatewayConfig): Authentication {
  const readJwt = jwtReader(config)
  const callersByKey = shortMemory<Caller>(memory)
  const organizations = shortMemory<Organization>(memory)
  const forgetAll = () => {
    callersByKey.forgetAll()
    organizations.forgetAll()
  }
  const subscription = nats.subscribe(changedSubject, { callback: forgetAll })
  onStop(() => subscription.unsubscribe())

  const organizationOf = (id: string) => organizations.get(id, () => findOrganization(database.orm, id))

  async function callerWithKey(key: string): Promise<Caller | undefined> {
    const hash = hashOf(key)
    return callersByKey.get(hash.toString('base64'), async () => {
      const found = await findValidKey(database.orm, hash)
      const organization = found && (await organizationOf(found.organizationId))
      if (!organization) return undefined
      await markUsed(database, found.id, clock.now())
      return { organization, role: found.role, mode: found.mode, subject: `api-key:${found.id}` }
    })
  }

  async function callerWithJwt(token: string): Promise<Caller | undefined> {
    const bearer = await readJwt(token)
    const organization = bearer && (await organizationOf(bearer.organizationId))
    return organization ? { organization, role: bearer.role, mode: 'live', subject: `user:${bearer.userId}` } : undefined
  }

  /** The organization that the caller acts for: its own, or the one that a platform_admin names. */
  async function actingFor(caller: Caller, named: string | undefined): Promise<Organization> {
    if (named === undefined || named === caller.organization.id) return caller.organization
    if (caller.role !== 'platform_admin') {
      throw new DomainError('forbidden', 'ForbiddenError', 'Only a platform_admin may act for another organization')
    }
    if (!Value.Check(Uuid, named)) throw invalidField(`/headers/${organizationHeader}`, 'is not a UUID')
    const organization = await organizationOf(named)
    if (!organization) throw organizationNotFound()
    return organization
  }

  return {
    async authenticate(request) {
      const credential = credentialOf(request.headers.authorization)
      const caller = credential && (await (credential.type === 'jwt' ? callerWithJwt(credential.token) : callerWithKey(credential.key)))
      if (!caller) throw new DomainError('unauthenticated', 'UnauthorizedError', 'Missing or invalid credentials')
      const { id, country, timezone } = await actingFor(caller, request.headers[organizationHeader]?.toString().toLowerCase())
      const isTest = modeOfRequest(caller, request.headers[modeHeader]?.toString().toLowerCase()) === 'test'
      return { organizationId: id, role: caller.role, subject: caller.subject, country, timezone, ...testFlag(isTest) }
    },
    isKnown(request) {
      const credential = credentialOf(request.headers.authorization)
      return credential?.type === 'api-key' && callersByKey.knows(hashOf(credential.key).toString('base64'))
    },
    callersChanged() {
      forgetAll()
      nats.publish(changedSubject)
    },
  }
}

/** The mode that the request names, else that of the caller. */
function modeOfRequest({ mode }: Caller, named: string | undefined): Mode {
  if (named === undefined || named === mode) return mode
  if (!modes.some((known) => known === named)) throw invalidField(`/headers/${modeHeader}`, 'must be live or test')
  if (mode === 'test') throw forbiddenInTestMode('A test key works in test mode only')
  return 'test'
}
