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

/** Tell all replicas that an organization changed, with its id, or that a key was revoked, with its hash. */
const organizationChangedSubject = 'gateway.organization-changed'
const keyRevokedSubject = 'gateway.key-revoked'

interface Grant {
  organizationId: string
  role: Role
  mode: Mode
  subject: string
}

interface Caller extends Grant {
  organization: Organization
}

/** Recognizes callers by their API key or JWT (contract rule 25). */
export interface Authentication {
  /** Throws a {@link DomainError} if the caller is unknown, or acts for an organization that it may not act for. */
  authenticate(request: FastifyRequest): Promise<Identity>
  /** Call it after the change has committed: all replicas look the organization up again, this one at once. */
  organizationChanged(id: string): void
  /** Call it after the revocation has committed: all replicas look the key with this hash up again, this one at once. */
  keyRevoked(hash: Buffer): void
}

type Deps = Pick<ServiceDeps, 'database' | 'nats' | 'clock' | 'onStop'>

// A replica that does not get the message about a change still sees it after ten seconds.
const memory = { ttlMs: 10_000, maxEntries: 10_000, now: () => performance.now() }

export function startAuthentication({ database, nats, clock, onStop }: Deps, config: GatewayConfig): Authentication {
  const readJwt = jwtReader(config)
  const grants = shortMemory<Grant>(memory)
  const organizations = shortMemory<Organization>(memory)
  // One tenant's change empties nobody else's memory.
  const forgetting = new Map([
    [organizationChangedSubject, organizations.forget],
    [keyRevokedSubject, grants.forget],
  ])
  for (const [subject, forget] of forgetting) {
    const subscription = nats.subscribe(subject, { callback: (error, message) => error ?? forget(message.string()) })
    onStop(() => subscription.unsubscribe())
  }
  const announce = (subject: string, key: string) => {
    forgetting.get(subject)?.(key)
    nats.publish(subject, key)
  }

  const organizationOf = (id: string) => organizations.get(id, () => findOrganization(database.orm, id))

  async function callerWith(grant: Grant | undefined): Promise<Caller | undefined> {
    const organization = grant && (await organizationOf(grant.organizationId))
    return organization && { ...grant, organization }
  }

  async function callerWithKey(key: string): Promise<Caller | undefined> {
    const hash = hashOf(key)
    const grant = await grants.get(hash.toString('base64'), async () => {
      const found = await findValidKey(database.orm, hash)
      if (!found) return undefined
      await markUsed(database, found.id, clock.now())
      return { organizationId: found.organizationId, role: found.role, mode: found.mode, subject: `api-key:${found.id}` }
    })
    return callerWith(grant)
  }

  async function callerWithJwt(token: string): Promise<Caller | undefined> {
    const bearer = await readJwt(token)
    const caller = await callerWith(
      bearer ? { organizationId: bearer.organizationId, role: bearer.role, mode: 'live', subject: `user:${bearer.userId}` } : undefined,
    )
    // As with keys: an issuer that serves tenants cannot give one of them the platform.
    return caller?.role === 'platform_admin' && !caller.organization.isPlatform ? undefined : caller
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
    organizationChanged: (id) => announce(organizationChangedSubject, id),
    keyRevoked: (hash) => announce(keyRevokedSubject, hash.toString('base64')),
  }
}

/** The mode that the request names, else that of the caller. */
function modeOfRequest({ mode }: Caller, named: string | undefined): Mode {
  if (named === undefined || named === mode) return mode
  if (!modes.some((known) => known === named)) throw invalidField(`/headers/${modeHeader}`, 'must be live or test')
  if (mode === 'test') throw forbiddenInTestMode('A test key works in test mode only')
  return 'test'
}
