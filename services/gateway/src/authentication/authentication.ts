import type { Identity, Role } from '@carillon/contracts/identity'
import { Uuid } from '@carillon/contracts/scalars'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { Value } from '@sinclair/typebox/value'
import type { FastifyRequest } from 'fastify'
import type { GatewayConfig } from '../config.ts'
import { hashOf } from '../domain/api-key.ts'
import { credentialOf } from '../domain/credential.ts'
import type { Organization } from '../domain/organization.ts'
import { findValidKey, markUsed } from '../store/api-keys.ts'
import { findOrganization } from '../store/organizations.ts'
import { jwtReader } from './jwt.ts'
import { shortMemory } from './short-memory.ts'

/** The header by which a platform_admin acts for an organization. */
const organizationHeader = 'x-organization-id'

/** Says to all replicas that a key or an organization changed. */
const changedSubject = 'gateway.callers-changed'

interface Caller {
  organization: Organization
  role: Role
  subject: string
}

/** Recognizes callers by their API key or JWT (contract rule 25). */
export interface Authentication {
  /** Throws a {@link DomainError} for a request whose caller is not known, or acts for an organization that is not its own. */
  authenticate(request: FastifyRequest): Promise<Identity>
  /** Whether the request comes with an API key that was recognized a moment ago. */
  isKnown(request: FastifyRequest): boolean
  /** Has all replicas look keys and organizations up again: after the commit of a change. This one does so at once. */
  callersChanged(): void
}

type Deps = Pick<ServiceDeps, 'database' | 'nats' | 'clock' | 'onStop'>

// Ten seconds: how long a change is unseen by a replica that the word of it did not reach.
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
      return { organization, role: found.role, subject: `api-key:${found.id}` }
    })
  }

  async function callerWithJwt(token: string): Promise<Caller | undefined> {
    const bearer = await readJwt(token)
    const organization = bearer && (await organizationOf(bearer.organizationId))
    return organization ? { organization, role: bearer.role, subject: `user:${bearer.userId}` } : undefined
  }

  /** The organization that the caller acts for: its own, unless a platform_admin names another. */
  async function actingFor(caller: Caller, named: string | undefined): Promise<Organization> {
    if (named === undefined || named === caller.organization.id) return caller.organization
    if (caller.role !== 'platform_admin') {
      throw new DomainError('forbidden', 'ForbiddenError', 'Acting for another organization takes the role platform_admin')
    }
    if (!Value.Check(Uuid, named)) throw invalidField(`/headers/${organizationHeader}`, 'is not a UUID')
    const organization = await organizationOf(named)
    if (!organization) throw new DomainError('not_found', 'OrganizationNotFoundError', 'Organization not found')
    return organization
  }

  return {
    async authenticate(request) {
      const credential = credentialOf(request.headers.authorization)
      const caller = credential && (await (credential.type === 'jwt' ? callerWithJwt(credential.token) : callerWithKey(credential.key)))
      if (!caller) throw new DomainError('unauthenticated', 'UnauthorizedError', 'Missing or invalid credentials')
      const { id, country, timezone } = await actingFor(caller, request.headers[organizationHeader]?.toString().toLowerCase())
      return { organizationId: id, role: caller.role, subject: caller.subject, country, timezone }
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
