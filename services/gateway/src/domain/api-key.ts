import { createHash } from 'node:crypto'
import type { CreateApiKeyRequest } from '@carillon/contracts/api-key'
import { type Identity, includesRole, type Mode, type Role } from '@carillon/contracts/identity'
import { DomainError, forbiddenInTestMode, invalidField } from '@carillon/service-kit/domain/domain-error'
import type { Organization } from './organization.ts'

/** An API key as it is stored: its hash instead of the key. Instants are epoch milliseconds. */
export interface ApiKey {
  id: string
  organizationId: string
  name: string
  role: Role
  mode: Mode
  prefix: string
  /** SHA-256 of the key. */
  hash: Buffer
  /** It comes from the configuration (`PLATFORM_API_KEY`). */
  isConfigured: boolean
  createdAtMs: number
  revokedAtMs: number | null
  lastUsedAtMs: number | null
}

/** The number of random bytes in a key. */
export const keyBytes = 32

/** What keys begin with, so that people see their mode. */
const marks: Record<Mode, string> = { live: 'ck_', test: 'ck_test_' }

export function keyText(random: Uint8Array, mode: Mode): string {
  return marks[mode] + Buffer.from(random).toString('base64url')
}

/** The mode of a key that is created: the requested one, else that of the request. Test mode creates no live keys, which could do more. */
export function modeOfNewKey(requested: Mode | undefined, by: Identity): Mode {
  if (by.test && requested === 'live') throw forbiddenInTestMode('A request in test mode cannot create a live key')
  return requested ?? modeOf(by)
}

function modeOf(identity: Identity): Mode {
  return identity.test ? 'test' : 'live'
}

/** SHA-256. A key is found by it. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/**
 * A key of the caller's organization, with at most the caller's role. Only the platform's organization has keys of the role platform_admin:
 * if a tenant had one, an admin of the tenant who came by it could take over the platform.
 */
export function newApiKey(
  id: string,
  key: string,
  request: CreateApiKeyRequest & { mode: Mode },
  by: Identity,
  organization: Organization,
  nowMs: number,
): ApiKey {
  if (!includesRole(by.role, request.role)) throw forbidden(`A ${by.role} cannot create a key of the role ${request.role}`)
  if (request.role === 'platform_admin' && !organization.isPlatform) {
    throw invalidField('/role', 'platform_admin is for keys of the platform’s own organization')
  }
  return storedKey(id, key, { ...request, organizationId: organization.id, isConfigured: false }, nowMs)
}

/** The key of the configuration (`PLATFORM_API_KEY`). */
export function configuredKey(id: string, key: string, platform: Organization, nowMs: number): ApiKey {
  return storedKey(
    id,
    key,
    { name: 'PLATFORM_API_KEY', role: 'platform_admin', mode: 'live', organizationId: platform.id, isConfigured: true },
    nowMs,
  )
}

/** Throws if the caller may not revoke the key. */
export function checkRevocation(key: ApiKey, by: Identity): void {
  if (!includesRole(by.role, key.role)) throw forbidden(`A ${by.role} cannot revoke a key of the role ${key.role}`)
  if (by.test && key.mode === 'live') throw forbiddenInTestMode('A request in test mode cannot revoke a live key')
  if (key.isConfigured && key.revokedAtMs === null) {
    throw new DomainError('conflict', 'ApiKeyConfiguredError', 'This key comes from the configuration (PLATFORM_API_KEY). Change it there')
  }
}

type Grant = Pick<ApiKey, 'name' | 'role' | 'mode' | 'organizationId' | 'isConfigured'>

function storedKey(id: string, key: string, { name, role, mode, organizationId, isConfigured }: Grant, nowMs: number): ApiKey {
  return {
    id,
    organizationId,
    name,
    role,
    mode,
    prefix: key.slice(0, marks[mode].length + 5),
    hash: hashOf(key),
    isConfigured,
    createdAtMs: nowMs,
    revokedAtMs: null,
    lastUsedAtMs: null,
  }
}

const forbidden = (message: string) => new DomainError('forbidden', 'ForbiddenError', message)
